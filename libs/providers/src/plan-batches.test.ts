import { expect, test } from 'vitest';
import { planBatches } from './plan-batches.ts';

test('texts of similar length share a batch', () => {
  expect(planBatches(['aaaa', 'b', 'ccc', 'dd'], { maxTexts: 2 })).toEqual([
    [1, 3],
    [2, 0],
  ]);
});

test('a batch ends before it has too many characters', () => {
  expect(planBatches(['aa', 'bb', 'cccccc', 'dd'], { maxTexts: 9, maxChars: 4 })).toEqual([
    [0, 1],
    [3],
    [2],
  ]);
});

test('no texts make no batches', () => {
  expect(planBatches([], { maxTexts: 8 })).toEqual([]);
});
