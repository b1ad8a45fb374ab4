import { expect, test } from 'vitest';
import { bootstrapGain, seededRandom } from './bootstrap.ts';
import { hit5, ndcg10, reciprocalRank, tokenF1 } from './metrics.ts';

test('the ranking metrics are those of the literature', () => {
  // Gains 3 and 1 at ranks 2 and 3, ideal at 1 and 2.
  const ranking = { grades: [0, 3, 1], ideal: [1, 3] };
  const dcg = 3 / Math.log2(3) + 1 / Math.log2(4);
  expect(ndcg10(ranking)).toBeCloseTo(dcg / (3 + 1 / Math.log2(3)), 10);
  expect(reciprocalRank(ranking)).toBe(1 / 2);
  expect(hit5(ranking)).toBe(1);
  expect(hit5({ grades: [0, 0, 0, 0, 0, 1], ideal: [1] })).toBe(0);
  expect([ndcg10({ grades: [], ideal: [1] }), reciprocalRank({ grades: [0], ideal: [1] })]).toEqual(
    [0, 0],
  );
});

test('token F1 counts every word as often as it occurs, without articles, against the nearest', () => {
  expect(tokenF1('The battery lasts 3 hours', ['Battery lasts: 3 hours!'])).toBe(1);
  expect(tokenF1('go go go', ['go'])).toBeCloseTo(0.5, 10);
  expect(tokenF1('three hours', ['none of it', 'about three hours'])).toBeCloseTo(0.8, 10);
  expect(tokenF1('nothing', ['else'])).toBe(0);
});

test('a gain on every question has an interval above 0, a mixed one does not', () => {
  const now = Array.from({ length: 100 }, () => 0.5);
  const sure = bootstrapGain(
    now,
    now.map((value, nth) => value + 0.05 + (nth % 2) * 0.02),
    seededRandom(1),
  );
  expect(sure.gain).toBeCloseTo(0.06, 10);
  expect(sure.low).toBeGreaterThan(0.05);
  const mixed = now.map((value, nth) => value + (nth % 2 === 0 ? 0.31 : -0.3));
  const unsure = bootstrapGain(now, mixed, seededRandom(1));
  expect(unsure.low).toBeLessThan(0);
  expect(unsure.high).toBeGreaterThan(0);
  expect(unsure).toEqual(bootstrapGain(now, mixed, seededRandom(1)));
});
