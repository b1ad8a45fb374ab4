import { defineTask, TerminalError } from '@slipstream/contracts';
import { cancelTask, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BatchHandler, batched } from './batcher.ts';
import { runPool } from './run-pool.ts';

const HOUR = 3_600_000;
const kindOf = (waitMs: number) =>
  defineTask({
    ...testTasks.work,
    batch: {
      max: 4,
      waitMs,
      key: ({ text }) => (text.startsWith('alone') ? undefined : text.slice(0, 1)),
    },
  });

type Work = ReturnType<typeof kindOf>;
type Table = { work: Work; crawl: typeof testTasks.crawl };

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(testTasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

/** A pool whose batches are full at four, or wait for `waitMs`; it keeps what was called with what. */
function startPool(
  handle: BatchHandler<Work, Table>,
  { waitMs = HOUR, slots = 10 }: { waitMs?: number; slots?: number } = {},
) {
  const calls: string[][] = [];
  const tasks: Table = { work: kindOf(waitMs), crawl: testTasks.crawl };
  const noted: BatchHandler<Work, Table> = (items, signal) => {
    calls.push(items.map(({ payload }) => payload.text).sort());
    return handle(items, signal);
  };
  const pool = runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots,
    handlers: { work: batched(tasks.work, noted, slots), crawl: async () => ({}) },
  });
  return { calls, pool, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

const send = async (...texts: readonly string[]): Promise<string[]> => {
  const definition = testTasks.work;
  const sent = await Promise.all(
    texts.map((text) => submit(engine.bus, engine.log, { definition, payload: { text } })),
  );
  return sent.map(({ task }) => task.id);
};
const ended = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => engine.reaches(id)))).map((row) => taskView(row));

const echo: BatchHandler<Work, Table> = async (items) =>
  items.map(({ payload }) => ({ said: payload.text }));

test('four tasks share one call, and each has its own result', async () => {
  await using work = startPool(echo);
  const tasks = await ended(await send('a1', 'a2', 'a3', 'a4'));
  expect(work.calls).toEqual([['a1', 'a2', 'a3', 'a4']]);
  expect(tasks.map(({ result }) => result)).toEqual(
    ['a1', 'a2', 'a3', 'a4'].map((said) => ({ said })),
  );
});

test('one batch has successes and failures, and each failure its own attempts', async () => {
  await using work = startPool(
    async (items) =>
      items.map(({ payload: { text }, context: { attempt } }) => {
        if (text === 'a2') return new TerminalError('never', { code: 'never' });
        if (text === 'a3' && attempt === 1) return new Error('not yet');
        return { attempt };
      }),
    { waitMs: 50 },
  );
  const tasks = await ended(await send('a1', 'a2', 'a3', 'a4'));
  expect(tasks).toMatchObject([
    { state: 'succeeded', attempt: 1 },
    { state: 'failed', attempt: 1, error: { code: 'never' } },
    { state: 'succeeded', attempt: 2, result: { attempt: 2 } },
    { state: 'succeeded', attempt: 1 },
  ]);
  expect(work.calls.at(-1)).toEqual(['a3']);
});

test('what the handler throws is the error of all, and a wrong number of outcomes too', async () => {
  await using _work = startPool(async (items) => {
    if (items.some(({ payload }) => payload.text.startsWith('b'))) return [];
    throw new TerminalError('the model is gone', { code: 'gone' });
  });
  const [a] = await ended(await send('a1', 'a2', 'a3', 'a4'));
  expect(a).toMatchObject({ state: 'failed', error: { code: 'gone' } });
  const [b] = await ended(await send('b1', 'b2', 'b3', 'b4'));
  expect(b?.error?.message).toContain('0 outcomes for 4 tasks');
});

test('a batch that is not full begins after waitMs', async () => {
  await using work = startPool(echo, { waitMs: 30 });
  await ended(await send('a1', 'a2'));
  expect(work.calls.flat().sort()).toEqual(['a1', 'a2']);
});

test('tasks of different keys never share a call, and one without a key is called alone', async () => {
  await using work = startPool(echo);
  await ended(await send('a1', 'b1', 'a2', 'alone', 'b2', 'a3', 'b3', 'a4', 'b4'));
  expect(work.calls.sort((one, other) => String(one).localeCompare(String(other)))).toEqual([
    ['a1', 'a2', 'a3', 'a4'],
    ['alone'],
    ['b1', 'b2', 'b3', 'b4'],
  ]);
});

test('a pool of fewer slots than a full batch does not wait for what it cannot have', async () => {
  await using work = startPool(echo, { slots: 2 });
  await ended(await send('a1', 'a2', 'a3', 'a4'));
  expect(work.calls.map(({ length }) => length)).toEqual([2, 2]);
});

test('one that is cancelled while it waits is left out, and the others go on', async () => {
  await using work = startPool(echo);
  const [first = ''] = await send('a1');
  await vi.waitFor(() => expect(work.pool.inHand).toBe(1));
  await cancelTask(engine.bus, engine.log, { id: first, run: 1, category: 'batch' });
  await vi.waitFor(() => expect(work.pool.inHand).toBe(0));
  await ended(await send('a2', 'a3', 'a4', 'a5'));
  expect(work.calls).toEqual([['a2', 'a3', 'a4', 'a5']]);
});

test('cancelling one in the middle of a call frees its slot, and the rest of the batch succeeds', async () => {
  const gate = Promise.withResolvers<void>();
  let stopped = false;
  await using work = startPool(async (items, signal) => {
    signal.addEventListener('abort', () => {
      stopped = true;
    });
    await gate.promise;
    return echo(items, signal);
  });
  const [first = '', ...rest] = await send('a1', 'a2', 'a3', 'a4');
  await vi.waitFor(() => expect(work.calls.length).toBe(1));
  await cancelTask(engine.bus, engine.log, { id: first, run: 1, category: 'batch' });
  await vi.waitFor(() => expect(work.pool.inHand).toBe(3));
  gate.resolve();
  expect((await ended([first, ...rest])).map(({ state }) => state)).toEqual([
    ...['cancelled', 'succeeded', 'succeeded', 'succeeded'],
  ]);
  expect(stopped).toBe(false);
});

test('the signal of a call aborts when all of its tasks were stopped', async () => {
  const aborted = Promise.withResolvers<void>();
  await using work = startPool(
    (_items, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.resolve();
          reject(signal.reason);
        });
      }),
  );
  const ids = await send('a1', 'a2', 'a3', 'a4');
  await vi.waitFor(() => expect(work.calls.length).toBe(1));
  for (const id of ids) {
    await cancelTask(engine.bus, engine.log, { id, run: 1, category: 'batch' });
  }
  await aborted.promise;
  await vi.waitFor(() => expect(work.pool.inHand).toBe(0));
});
