import { newId, type TaskEvent } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { crashesIn } from './crashes.ts';

const common = { id: newId(), run: 1, category: 'batch', at: '' } as const;
const at = (second: number) => new Date(second * 1_000).toISOString();
const started = (attempt: number, second: number): TaskEvent => ({
  ...common,
  type: 'started',
  attempt,
  worker: 'w',
  at: at(second),
});
const end = (attempt: number, second: number) => ({
  ...common,
  attempt,
  worker: 'w',
  startedAt: at(second),
});
const retrying = (attempt: number, second: number): TaskEvent => ({
  ...end(attempt, second),
  type: 'retrying',
  kind: 'work',
  error: { code: 'error', message: 'no' },
  nextRunAt: at(second + 1),
});
const givenBack = (attempt: number, second: number): TaskEvent => ({
  ...end(attempt, second),
  type: 'given-back',
});
const logged = (events: TaskEvent[]) => events.map((event, seq) => ({ seq, event }));

test('a start without an end is a crash; a retry and a give-back are ends', () => {
  const life = [started(1, 1), started(1, 2), retrying(1, 2), started(2, 3), givenBack(2, 3)];
  expect(crashesIn(logged(life), 1)).toBe(1);
});

test('an event that was stored twice counts once, in whatever order it came', () => {
  expect(crashesIn(logged([started(1, 1), started(1, 1)]), 1)).toBe(1);
  expect(crashesIn(logged([givenBack(1, 1), started(1, 1)]), 1)).toBe(0);
});

test('crashes of an earlier run are forgiven', () => {
  expect(crashesIn(logged([started(1, 1), started(1, 2)]), 2)).toBe(0);
});
