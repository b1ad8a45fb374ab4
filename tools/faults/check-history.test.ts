import { newId, type TaskEvent } from '@slipstream/contracts';
import { expect, test } from 'vitest';
import { checkHistory, type Execution, type History } from './check-history.ts';

const id = newId();
const at = new Date(0).toISOString();
const common = { id, run: 1, category: 'batch', at } as const;
const ran = { ...common, kind: 'flaky', startedAt: at, worker: 'w1' } as const;
const error = { code: 'retry-later', message: 'no' };
const task = {
  id,
  run: 1,
  gen: 1,
  kind: 'flaky',
  priority: 'normal',
  payload: {},
  createdAt: at,
  maxAttempts: 2,
} as const;

const submitted: TaskEvent = { ...common, type: 'submitted', task };
const started = (attempt: number): TaskEvent => ({
  ...common,
  type: 'started',
  attempt,
  worker: 'w1',
});
const retrying = (attempt: number): TaskEvent => ({
  ...ran,
  type: 'retrying',
  attempt,
  error,
  nextRunAt: at,
});
const succeeded = (attempt: number, worker = 'w1'): TaskEvent => ({
  ...ran,
  type: 'succeeded',
  attempt,
  worker,
});
const failed = (attempt: number, code: string): TaskEvent => ({
  ...ran,
  type: 'failed',
  attempt,
  error: { code, message: 'no' },
});
const execution = (attempt: number): Execution => ({
  id,
  run: 1,
  gen: 1,
  attempt,
  worker: 'w1',
  phase: 'start',
});

const good: History = {
  accepted: [id],
  children: [],
  events: [submitted, started(1), retrying(1), started(2), succeeded(2)],
  executions: [execution(1), execution(2)],
  readings: [{ id, run: 1, state: 'succeeded' }],
};
const check = (events: TaskEvent[], more: Partial<History> = {}) =>
  checkHistory({ ...good, events, ...more });

test('a retried task that succeeded is in order', () => {
  expect(checkHistory(good)).toEqual({
    lost: [],
    doublyCompleted: [],
    illegalTransitions: [],
    repeatedFinals: 0,
    rerunAttempts: 0,
  });
});

test('an end that overtakes the submitted event is in order', () => {
  const verdict = check([succeeded(1), submitted]);
  expect([...verdict.lost, ...verdict.illegalTransitions]).toEqual([]);
});

test('a task without an end is lost, and so is one that the log does not know', () => {
  expect(check([submitted, started(1)]).lost).toEqual([id]);
  expect(check([]).lost).toEqual([id]);
});

test('a second run that has no end is lost, although the first ended', () => {
  const second: TaskEvent = { ...submitted, run: 2, task: { ...task, run: 2 } } as TaskEvent;
  expect(check([submitted, succeeded(1), second]).lost).toEqual([id]);
});

test('readers that see different outcomes are a double completion; a repeated end is not', () => {
  const twice = check([...good.events, failed(2, 'terminal')]);
  expect(twice.doublyCompleted).toEqual([]);
  expect(twice.repeatedFinals).toBe(1);
  const readings = [{ id, run: 1, state: 'failed' }];
  expect(check([...good.events, failed(2, 'terminal')], { readings }).doublyCompleted).toEqual([
    `${id} 1`,
  ]);
});

test.each<[string, TaskEvent[], string]>([
  [
    'an attempt that nobody asked for',
    [submitted, succeeded(2)],
    'attempt 2 without a retry of attempt 1',
  ],
  ['an attempt too many', [submitted, retrying(1), retrying(2), started(3)], 'attempt 3 of 2'],
  [
    'a retry after the last attempt',
    [submitted, retrying(1), retrying(2), succeeded(2)],
    'retry after the last attempt, 2',
  ],
  [
    'a failure although attempts are left',
    [submitted, failed(1, 'error')],
    'failed with error on attempt 1 of 2',
  ],
  [
    'an outcome without a run of the handler',
    [submitted, succeeded(1, 'w2')],
    'succeeded by w2, whose handler never ran',
  ],
  [
    'a second run before the first has ended',
    [submitted, { ...succeeded(1), run: 2 } as TaskEvent],
    'run 2 began before the one before ended',
  ],
  ['a task that was never submitted', [succeeded(1)], 'it was never submitted'],
])('%s is found', (_title, events, mistake) => {
  expect(check(events).illegalTransitions).toContain(`${id}: ${mistake}`);
});

test('a task that nobody submitted is found', () => {
  expect(check([...good.events], { accepted: [] }).illegalTransitions).toEqual([
    `${id}: nobody submitted it`,
  ]);
});

test('a terminal failure may end a task on its first attempt', () => {
  expect(check([submitted, failed(1, 'terminal')]).illegalTransitions).toEqual([]);
});

test('an attempt that ran again after a crash is counted, and in order', () => {
  const verdict = check([...good.events], {
    executions: [execution(1), execution(1), execution(2)],
  });
  expect(verdict).toMatchObject({ rerunAttempts: 1, illegalTransitions: [] });
});
