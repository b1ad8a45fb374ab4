import { expect, test } from 'vitest';
import { countTerms, coverage, idfFrom } from './idf.ts';

test('a term counts once per text', () => {
  const { texts, frequencies } = countTerms(['red red blue', 'red', '']);
  expect(texts).toBe(3);
  expect([...frequencies]).toEqual([
    ['red', 2],
    ['blue', 1],
  ]);
});

test('rarer is heavier, and nothing weighs nothing', () => {
  const idf = idfFrom({
    texts: 10,
    frequencies: new Map([
      ['all', 10],
      ['some', 3],
    ]),
  });
  expect(idf('never')).toBeGreaterThan(idf('some'));
  expect(idf('some')).toBeGreaterThan(idf('all'));
  expect(idf('all')).toBeGreaterThan(0);
  expect(idfFrom({ texts: 0, frequencies: new Map() })('x')).toBeGreaterThan(0);
});

test('coverage is the share of the weight that is found', () => {
  const weights = new Map([
    ['heavy', 3],
    ['light', 1],
  ]);
  const idf = Object.assign((term: string) => weights.get(term) ?? 0, {
    language: 'en' as const,
    share: () => 0,
  });
  expect(coverage(['heavy', 'light'], new Set(['heavy']), idf)).toBe(0.75);
  expect(coverage([], new Set(['heavy']), idf)).toBe(0);
});
