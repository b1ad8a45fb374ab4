import { expect, test } from 'vitest';
import { backoffDelay, fullJitterDelay } from './backoff.ts';

const delaysMs = [1_000, 5_000, 15_000];

test.each([
  [1, 1_000],
  [2, 5_000],
  [3, 15_000],
  [9, 15_000],
])('after attempt %i the middle of the jitter is %i ms', (attempt, expected) => {
  expect(backoffDelay({ attempt, delaysMs, random: () => 0.5 })).toBe(expected);
});

test('jitter of 20 % moves a delay of 5 s between 4 and 6 s', () => {
  expect(backoffDelay({ attempt: 2, delaysMs, random: () => 0 })).toBe(4_000);
  expect(backoffDelay({ attempt: 2, delaysMs, random: () => 1 })).toBe(6_000);
});

test('a kind without delays is retried at once', () => {
  expect(backoffDelay({ attempt: 3, delaysMs: [] })).toBe(0);
});

test.each([
  [1, 250],
  [2, 500],
  [4, 2_000],
  [60, 2_000],
])('after attempt %i full jitter waits at most %i ms', (attempt, ceiling) => {
  const options = { attempt, baseMs: 250, maxMs: 2_000 };
  expect(fullJitterDelay({ ...options, random: () => 1 })).toBe(ceiling);
  expect(fullJitterDelay({ ...options, random: () => 0 })).toBe(0);
});
