import { expect, test } from 'vitest';
import { confidenceOf, similarityOf } from './confidence.ts';

const evidence = { words: 0.4, similarity: 0.3, subject: 1 };

test('each kind of evidence raises the confidence, which stays between 0 and 1', () => {
  const before = confidenceOf(evidence);
  expect(confidenceOf({ ...evidence, words: 0.6 })).toBeGreaterThan(before);
  expect(confidenceOf({ ...evidence, similarity: 0.5 })).toBeGreaterThan(before);
  expect(confidenceOf({ ...evidence, subject: 4 })).toBeGreaterThan(before);
  expect(confidenceOf({ words: 1, similarity: 1, subject: 30 })).toBeLessThanOrEqual(1);
  expect(confidenceOf({ words: 0, similarity: -1, subject: -9 })).toBeGreaterThan(0);
});

test('without vectors neither far nor near is assumed', () => {
  const unknown = confidenceOf({ ...evidence, similarity: undefined });
  expect(unknown).toBeGreaterThan(confidenceOf({ ...evidence, similarity: 0.1 }));
  expect(unknown).toBeLessThan(confidenceOf({ ...evidence, similarity: 0.6 }));
});

test('the five nearest hits say how near a question is, and very near ones no more than near ones', () => {
  const chunk = { id: 'a', title: '', headingPath: [], text: '' };
  const hits = [0.1, 0.5, 0.2, 0.9, 0.3, 0.4, 0.6].map((similarity) => ({
    chunk,
    score: 1,
    similarity,
  }));
  expect(similarityOf([...hits, { chunk, score: 1 }])).toBeCloseTo(0.54, 10);
  expect(similarityOf([{ chunk, score: 1, similarity: 0.9 }])).toBe(0.6);
  expect(similarityOf([{ chunk, score: 1 }])).toBeUndefined();
});
