import { newId, type TaskEvent } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { crashesOf } from './starts.ts';
import { mergeEvent, newRow } from './task-row.ts';

const id = newId();
const time = (second: number) => new Date(second * 1_000).toISOString();
const common = { id, run: 1, category: 'batch', worker: 'w' } as const;
const started = (attempt: number, second: number, run = 1): TaskEvent => ({
  ...common,
  run,
  type: 'started',
  attempt,
  at: time(second),
});
const end = (attempt: number, second: number) => ({
  ...common,
  attempt,
  startedAt: time(second),
  at: time(second + 1),
});
const retrying = (attempt: number, second: number): TaskEvent => ({
  ...end(attempt, second),
  type: 'retrying',
  kind: 'work',
  error: { code: 'error', message: 'no' },
  nextRunAt: time(second + 2),
});
const givenBack = (attempt: number, second: number): TaskEvent => ({
  ...end(attempt, second),
  type: 'given-back',
});

function crashesAfter(...events: TaskEvent[]): number {
  const row = newRow(started(1, 0));
  events.forEach((event, index) => {
    mergeEvent(row, event, index + 1);
  });
  return crashesOf(row);
}

test('a start without an end is a crash; a retry and a give-back are ends', () => {
  const life = [started(1, 1), started(1, 2), retrying(1, 2), started(2, 3), givenBack(2, 3)];
  expect(crashesAfter(...life)).toBe(1);
});

test('an event that was stored twice counts once, in whatever order it came', () => {
  expect(crashesAfter(started(1, 1), started(1, 1))).toBe(1);
  expect(crashesAfter(givenBack(1, 1), started(1, 1), givenBack(1, 1))).toBe(0);
});

test('a new run begins without the crashes of the one before', () => {
  expect(crashesAfter(started(1, 1), started(1, 2), started(1, 3, 2))).toBe(1);
});

test('a hundred snoozes leave no more behind than the last twenty starts', () => {
  const row = newRow(started(1, 0));
  for (let second = 1; second <= 100; second++) {
    mergeEvent(row, started(1, second), second * 2);
    mergeEvent(row, givenBack(1, second), second * 2 + 1);
  }
  expect(crashesOf(row)).toBe(0);
  expect(JSON.parse(row.starts)).toHaveLength(20);
});
