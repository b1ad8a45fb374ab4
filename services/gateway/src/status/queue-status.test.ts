import { expect, test } from 'vitest';
import { paceOf } from './queue-status.ts';

const of = (priority: 'critical' | 'normal' | 'bulk', waiting: number) =>
  ({ category: 'rag', priority, waiting }) as const;
const counts = [of('critical', 30), of('normal', 60), of('bulk', 0)];
const ended = [
  { category: 'rag', priority: 'critical', count: 20 },
  { category: 'rag', priority: 'normal', count: 10 },
  { category: 'batch', priority: 'normal', count: 99 },
];

test('what waits is taken after all that has a higher priority, at the pace of its category', () => {
  expect(paceOf(of('critical', 30), counts, ended)).toEqual({
    throughputPerMinute: 20,
    minutesLeft: 1,
  });
  expect(paceOf(of('normal', 60), counts, ended)).toEqual({
    throughputPerMinute: 10,
    minutesLeft: 3,
  });
  expect(paceOf(of('bulk', 0), counts, ended)).toMatchObject({ minutesLeft: 0 });
});

test('without an end in the last minute nobody knows how long it takes', () => {
  expect(paceOf(of('normal', 60), counts, [])).toEqual({
    throughputPerMinute: 0,
    minutesLeft: null,
  });
});
