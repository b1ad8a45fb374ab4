import { derivedId, newId, type TaskEvent } from '@slipstream/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isParked, mergeEvent, newRow, type TaskRow } from './task-row.ts';

const id = derivedId(1_700_000_000_000, 'a task');
const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1_000).toISOString();
const common = { id, run: 1, category: 'batch', at: at(9) } as const;
const ran = { kind: 'work', startedAt: at(1), worker: 'w1' } as const;

const submitted: TaskEvent = {
  ...common,
  type: 'submitted',
  traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
  task: {
    id,
    run: 1,
    gen: 1,
    kind: 'work',
    priority: 'high',
    payload: {},
    createdAt: at(0),
    maxAttempts: 4,
    tags: ['x'],
    parentId: newId(),
  },
};
const held = { limit: 'concurrency', key: 'k', tenant: '' } as const;
const error = { code: 'error', message: 'no' };

/** The life of a task that failed `retries` times before it ended. */
function life(retries: number, last: 'succeeded' | 'failed' | 'cancelled'): TaskEvent[] {
  const events: TaskEvent[] = [submitted];
  for (let attempt = 1; attempt <= retries; attempt++) {
    const gen = 2 * attempt;
    events.push({ ...common, ...held, type: 'parked', gen, nextAttempt: attempt });
    events.push({ ...common, type: 'released', gen: gen + 1, nextAttempt: attempt });
    events.push({ ...common, type: 'started', attempt, worker: 'w1' });
    events.push({ ...common, ...ran, type: 'retrying', attempt, error, nextRunAt: at(20) });
  }
  const attempt = retries + 1;
  events.push({ ...common, type: 'started', attempt, worker: 'w1' });
  if (last === 'succeeded')
    events.push({ ...common, ...ran, type: last, attempt, result: { a: 1 } });
  if (last === 'failed') events.push({ ...common, ...ran, type: last, attempt, error });
  if (last === 'cancelled') events.push({ ...common, type: last, reason: 'why not' });
  return events;
}

function merged(events: readonly { event: TaskEvent; seq: number }[]): TaskRow {
  const [first] = events;
  if (!first) throw new Error('a life has events');
  const row = newRow(first.event);
  for (const { event, seq } of events) mergeEvent(row, event, seq);
  return row;
}

const lives = fc.tuple(
  fc.integer({ min: 0, max: 4 }),
  fc.constantFrom('succeeded', 'failed', 'cancelled'),
);

test('the order in which events arrive changes nothing', () => {
  fc.assert(
    fc.property(lives, fc.infiniteStream(fc.nat()), ([retries, last], dice) => {
      const logged = life(retries, last).map((event, index) => ({ event, seq: index + 1 }));
      const shuffled = logged
        .map((entry) => ({ entry, key: dice.next().value ?? 0 }))
        .sort((one, other) => one.key - other.key)
        .map(({ entry }) => entry);
      const expected = merged(logged);
      // A cancelled run that had not been seen to start keeps the first worker it hears of.
      const { seqs: _seqs, rank: _rank, worker: _worker, ...rest } = expected;
      expect(merged(shuffled)).toMatchObject(rest);
    }),
  );
});

test('applying an event twice changes nothing', () => {
  fc.assert(
    fc.property(lives, ([retries, last]) => {
      const logged = life(retries, last).map((event, index) => ({ event, seq: index + 1 }));
      expect(merged(logged.flatMap((entry) => [entry, entry]))).toEqual(merged(logged));
    }),
  );
});

test('the first final event of a run wins', () => {
  const row = merged([
    { event: submitted, seq: 1 },
    { event: { ...common, type: 'cancelled' }, seq: 2 },
    { event: { ...common, ...ran, type: 'succeeded', attempt: 1, result: 1 }, seq: 3 },
  ]);
  expect([row.state, row.result]).toEqual(['cancelled', null]);
});

test('a newer run starts afresh, and events of the older one no longer count', () => {
  const row = merged([
    { event: submitted, seq: 1 },
    { event: { ...common, ...ran, type: 'failed', attempt: 1, error }, seq: 2 },
    { event: { ...common, type: 'started', run: 2, attempt: 1, worker: 'w2' }, seq: 3 },
    { event: { ...common, ...ran, type: 'succeeded', attempt: 1 }, seq: 4 },
  ]);
  expect([row.run, row.state, row.error]).toEqual([2, 'running', null]);
});

test('an outcome that overtakes its submission stands alone until the rest arrives', () => {
  const outcome: TaskEvent = { ...common, ...ran, type: 'succeeded', attempt: 1, result: 7 };
  const early = merged([{ event: outcome, seq: 5 }]);
  expect(early).toMatchObject({ state: 'succeeded', kind: 'work', createdAt: 1_700_000_000_000 });
  mergeEvent(early, submitted, 6);
  expect(early).toMatchObject({ state: 'succeeded', priority: 'high', tags: '["x"]' });
});

test('a task in a lane waits, whichever way its events come, and is not taken for a parent', () => {
  const parked: TaskEvent = { ...common, ...held, type: 'parked', gen: 2, nextAttempt: 1 };
  const released: TaskEvent = { ...common, type: 'released', gen: 3, nextAttempt: 1 };
  const again: TaskEvent = { ...parked, gen: 4 };
  const inLane = merged([again, released, parked, submitted].map((event) => ({ event, seq: 1 })));
  expect([inLane.state, isParked(inLane), inLane.attempt]).toEqual(['waiting', true, 0]);
  const out = merged([released, parked, submitted].map((event) => ({ event, seq: 1 })));
  expect(out.state).toBe('queued');
  const parent: TaskEvent = { ...common, ...ran, type: 'waiting', attempt: 1 };
  expect(isParked(merged([{ event: parent, seq: 1 }]))).toBe(false);
});
