import { expect, test } from 'vitest';
import { stuckReason } from './stuck.ts';

const idle = { tasks: [], starvedMs: 0, waiting: 0 };
const held = (ageMs: number) => [{ id: 't1', ageMs, limitMs: 30_000 }];

test('a task is overdue 10 s after the end of its limit, and is named', () => {
  expect(stuckReason({ ...idle, tasks: held(40_000) })).toBeUndefined();
  expect(stuckReason({ ...idle, tasks: held(40_001) })).toBe(
    'task t1 is in hand for 40 s and may run for 30 s',
  );
});

test('a pool with free slots is stuck when work waits and none came for 5 s', () => {
  expect(stuckReason({ ...idle, waiting: 7, starvedMs: 4_999 })).toBeUndefined();
  expect(stuckReason({ ...idle, waiting: 0, starvedMs: 60_000 })).toBeUndefined();
  expect(stuckReason({ ...idle, waiting: 7, starvedMs: 5_000 })).toBe(
    '7 tasks wait, slots are free, and none came for 5 s',
  );
});
