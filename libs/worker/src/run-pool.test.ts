import {
  GiveBackError,
  newId,
  RetryLaterError,
  subjects,
  TerminalError,
} from '@slipstream/contracts';
import { encodeHeaders, queueCounts, taskStream } from '@slipstream/jetstream';
import { CHECK_HEADER, cancelTask, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, type TestTasks, testTasks as tasks } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Handler } from './handler.ts';
import { runPool } from './run-pool.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

type Work = Handler<TestTasks['work'], TestTasks>;

const startPool = (work: Work, slots = 5) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots,
    handlers: { work, crawl: async () => ({}) },
  });

const send = (text = 'x', more: object = {}) =>
  submit(engine.bus, engine.log, {
    definition: tasks.work,
    payload: { text },
    logged: true,
    ...more,
  });

test('a task runs and its result, times and worker are known', async () => {
  await using _pool = startPool(async ({ text }) => ({ said: text }));
  const { task } = await send('hello', { tags: ['a'] });
  const row = await engine.reaches(task.id);
  expect(taskView(row)).toMatchObject({
    id: task.id,
    state: 'succeeded',
    attempt: 1,
    result: { said: 'hello' },
    tags: ['a'],
    worker: 'test',
    timings: { waitMs: expect.any(Number), runMs: expect.any(Number) },
  });
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info(taskStream('batch'));
    expect(state.messages).toBe(0);
  });
});

test('a task that fails twice succeeds on its third attempt and remembers both errors', async () => {
  const seen: number[] = [];
  await using _pool = startPool(async (_payload, { attempt }) => {
    seen.push(attempt);
    if (attempt < 3) throw new RetryLaterError(`not yet ${attempt}`, { delayMs: 5 });
    return {};
  });
  const row = await engine.reaches((await send()).task.id);
  expect(seen).toEqual([1, 2, 3]);
  expect(row).toMatchObject({ state: 'succeeded', attempt: 3 });
  expect(JSON.parse(row.attempts)).toMatchObject([
    { attempt: 1, message: 'not yet 1' },
    { attempt: 2, message: 'not yet 2' },
  ]);
});

test('a task whose attempts are used up has failed and says why', async () => {
  await using _pool = startPool(async () => {
    throw new Error('no luck');
  });
  const view = taskView(await engine.reaches((await send()).task.id));
  expect(view).toMatchObject({
    state: 'failed',
    attempt: 3,
    error: { code: 'error', message: 'Error: no luck' },
  });
  expect(view.error?.attempts).toHaveLength(3);
});

test('a terminal error fails a task at its first attempt', async () => {
  await using _pool = startPool(async () => {
    throw new TerminalError('gone for good', { code: 'gone' });
  });
  const view = taskView(await engine.reaches((await send()).task.id));
  expect(view).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'gone' } });
});

test('a payload that does not fit fails the task and names the field', async () => {
  await using _pool = startPool(async () => ({}));
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks.work,
    payload: { text: 7 },
  });
  const view = taskView(await engine.reaches(task.id));
  expect(view.error).toMatchObject({ code: 'invalid-payload', message: /\/text/ });
});

test('a task that was given back loses no attempt', async () => {
  let calls = 0;
  await using _pool = startPool(async (_payload, { attempt }) => {
    calls += 1;
    if (calls < 4) throw new GiveBackError('the breaker is open', { delayMs: 5 });
    return { attempt };
  });
  const row = await engine.reaches((await send()).task.id);
  expect([calls, row.attempt, row.state]).toEqual([4, 1, 'succeeded']);
});

test('no more tasks are in hand than there are slots, and the rest stays in the stream', async () => {
  const release = Promise.withResolvers<void>();
  let inHand = 0;
  await using pool = startPool(async () => {
    inHand += 1;
    await release.promise;
    return {};
  }, 3);
  const sent = await Promise.all(Array.from({ length: 10 }, () => send()));
  await vi.waitFor(() => expect(inHand).toBe(3));
  await vi.waitFor(async () => {
    const counts = await queueCounts(engine.bus, 'batch');
    expect(counts.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(7);
  });
  expect(pool.inHand).toBe(3);
  release.resolve();
  await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
});

test('a waiting critical task starts before every waiting bulk task', async () => {
  const order: string[] = [];
  const gate = Promise.withResolvers<void>();
  await using pool = startPool(async ({ text }) => {
    if (text === 'first') await gate.promise;
    else order.push(text);
    return {};
  });
  const firsts = await Promise.all(Array.from({ length: pool.slots }, () => send('first')));
  await vi.waitFor(() => expect(pool.inHand).toBe(pool.slots));
  const bulk = await Promise.all(
    Array.from({ length: 5 }, (_, index) => send(`bulk ${index}`, { priority: 'bulk' })),
  );
  const critical = await send('critical', { priority: 'critical' });
  gate.resolve();
  await Promise.all([...firsts, ...bulk, critical].map(({ task }) => engine.reaches(task.id)));
  expect(order[0]).toBe('critical');
});

test('a queued task that was cancelled never runs', async () => {
  const ran: string[] = [];
  const { task, category } = await send('never');
  await cancelTask(engine.bus, engine.log, { id: task.id, run: 1, category });
  await using _pool = startPool(async ({ text }) => void ran.push(text));
  await engine.reaches((await send('after')).task.id);
  expect(ran).toEqual(['after']);
  expect((await engine.projection.task(task.id))?.state).toBe('cancelled');
});

test('cancelling a running task aborts its signal, and its later result is not taken', async () => {
  const started = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  await using _pool = startPool(async (_payload, { signal }) => {
    signal.addEventListener('abort', () => aborted.resolve());
    started.resolve();
    await aborted.promise;
    return { late: true };
  });
  const { task, category } = await send();
  await started.promise;
  await cancelTask(engine.bus, engine.log, { id: task.id, run: 1, category });
  await aborted.promise;
  const row = await engine.reaches(task.id);
  expect([row.state, row.result]).toEqual(['cancelled', null]);
});

test('a task that runs too long is stopped and retried', async () => {
  await using _pool = startPool(async (_payload, { attempt, signal }) => {
    if (attempt > 1) return { attempt };
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  const row = await engine.reaches((await send('slow', { timeoutMs: 60 })).task.id);
  expect([row.state, row.attempt]).toEqual(['succeeded', 2]);
  expect(JSON.parse(row.attempts)).toMatchObject([{ code: 'timeout' }]);
});

test('a message that was published again after its task had ended is acknowledged and not run', async () => {
  let runs = 0;
  await using _pool = startPool(async () => {
    runs += 1;
    return {};
  });
  const { task } = await send();
  await engine.reaches(task.id);
  const headers = encodeHeaders({ [CHECK_HEADER]: '1' });
  const subject = subjects.task('batch', 'normal', task.id);
  await engine.bus.publisher.publish(subject, JSON.stringify(task), headers);
  await engine.reaches((await send()).task.id);
  expect(runs).toBe(2);
});

test('a body that is not a task is taken out of the queue and stops nobody', async () => {
  await using _pool = startPool(async () => ({}));
  await engine.bus.publisher.publish(subjects.task('batch', 'high', newId()), 'not json');
  expect((await engine.reaches((await send()).task.id)).state).toBe('succeeded');
});

test('a delayed task is scheduled, and its events say so', async () => {
  const runAt = Date.now() + 3_600_000;
  const { task, category } = await send('later', { runAt });
  const row = await engine.projection.task(task.id);
  expect(row && taskView(row)).toMatchObject({
    state: 'scheduled',
    runAt: new Date(runAt).toISOString(),
  });
  await cancelTask(engine.bus, engine.log, { id: task.id, run: 1, category });
  const { state } = await engine.bus.manager.streams.info('SCHED');
  expect(state.messages).toBe(0);
});

test('an error of ten megabytes ends its task, and harms no other', async () => {
  await using _pool = startPool(async ({ text }) => {
    if (text === 'huge') throw new TerminalError('x'.repeat(10_000_000));
    return {};
  });
  const [huge, small] = await Promise.all([send('huge'), send('small')]);
  const row = await engine.reaches(huge.task.id);
  expect(row.state).toBe('failed');
  expect(row.error?.length).toBeLessThan(10_000);
  expect((await engine.reaches(small.task.id)).state).toBe('succeeded');
});

test('two workers that hand a task to and fro run each of its attempts once', async () => {
  const seen = new Map<string, number[]>();
  const work: Work = async (_payload, { id, attempt }) => {
    seen.set(id, [...(seen.get(id) ?? []), attempt]);
    throw new RetryLaterError('no', { delayMs: 5 });
  };
  await using _one = startPool(work);
  await using _other = startPool(work);
  const sent = await Promise.all(Array.from({ length: 20 }, () => send('x', { maxAttempts: 6 })));
  await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
  expect([...seen.values()]).toEqual(Array(20).fill([1, 2, 3, 4, 5, 6]));
});
