import { expect, test } from 'vitest';
import { createBm25Index } from './bm25.ts';

test('rare terms outweigh frequent ones, and short texts long ones', () => {
  const index = createBm25Index();
  index.set('both', 'The battery of the mixer');
  index.set('frequent', 'The battery');
  index.set('long', 'The battery, and a great many other words that say nothing of interest here');
  const found = index.search('battery of a mixer', 10);
  expect(found.map(({ id }) => id)).toEqual(['both', 'frequent', 'long']);
});

test('the score is that of the formula', () => {
  const index = createBm25Index({ k1: 1.2, b: 0.75 });
  index.set('a', 'red red blue');
  index.set('b', 'green');
  // idf ln(1 + 1.5 / 1.5), tf 2, length 3 of a mean of 2.
  const expected = (Math.log(2) * (2 * 2.2)) / (2 + 1.2 * (0.25 + 0.75 * 1.5));
  expect(index.search('red', 1)[0]?.score).toBeCloseTo(expected, 10);
});

test('replaced and removed texts leave no trace', () => {
  const index = createBm25Index();
  index.set('a', 'red');
  index.set('a', 'blue');
  index.set('b', 'blue');
  index.remove('b');
  expect(index.search('red', 5)).toEqual([]);
  expect(index.search('blue', 5)).toHaveLength(1);
  expect(index.size).toBe(1);
});

test('only accepted texts count towards k', () => {
  const index = createBm25Index();
  for (const id of ['a1', 'b1', 'a2', 'b2']) index.set(id, 'red');
  const found = index.search('red', 2, (id) => id.startsWith('b'));
  expect(found.map(({ id }) => id)).toEqual(['b1', 'b2']);
});
