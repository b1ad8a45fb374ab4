import { cancelTask, replayTask, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks, untilDisposed } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { steward } from './steward.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startSteward(): AsyncDisposable {
  const { bus, log, projection, parts } = engine;
  return untilDisposed((signal) =>
    steward({ bus, log, projection, tasks, logger: parts.logger }, signal),
  );
}

const startPool = (work: (text: string) => Promise<unknown>) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: { crawl: async () => ({}), work: ({ text }) => work(text) },
  });

const send = async (text: string, queueTimeoutMs: number, more: object = {}) => {
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks.work,
    payload: { text },
    queueTimeoutMs,
    logged: true,
    ...more,
  });
  return task.id;
};
const viewOf = async (id: string) => taskView(await engine.reaches(id));

test('a task that nobody starts in time fails, leaves its queue, and a retry of it has no deadline', async () => {
  await using _steward = startSteward();
  const late = await send('late', 300);
  const scheduled = await send('scheduled', 300, { runAt: Date.now() + 300 });
  const cancelled = await send('cancelled', 300);
  await cancelTask(engine.bus, engine.log, { id: cancelled, run: 1, category: 'batch' });
  for (const id of [late, scheduled]) {
    expect(await viewOf(id)).toMatchObject({
      state: 'failed',
      error: { code: 'queue-timeout' },
      attempt: 0,
    });
  }
  expect((await viewOf(cancelled)).state).toBe('cancelled');
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('TASKS_BATCH');
    expect(state.messages).toBe(0);
  });

  const ran: string[] = [];
  await using _pool = startPool(async (text) => void ran.push(text));
  const row = await engine.projection.task(late);
  if (row) await replayTask(engine.bus, engine.projection, { ...row, category: 'batch' });
  await vi.waitFor(async () => {
    expect(await engine.projection.task(late)).toMatchObject({ run: 2, state: 'succeeded' });
  });
  expect(ran).toEqual(['late']);
});

test('a task that has begun in time goes on past its deadline', async () => {
  await using _steward = startSteward();
  const gate = Promise.withResolvers<void>();
  await using _pool = startPool(() => gate.promise);
  const id = await send('slow', 500);
  await engine.reaches(id, new Set(['running']));
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('SCHED');
    expect(state.messages).toBe(0);
  });
  gate.resolve();
  expect((await viewOf(id)).state).toBe('succeeded');
});

test('without a steward a worker that takes it too late does not run it', async () => {
  const ran: string[] = [];
  const id = await send('late', 1);
  await using _pool = startPool(async (text) => void ran.push(text));
  expect(await viewOf(id)).toMatchObject({ state: 'failed', error: { code: 'queue-timeout' } });
  expect(ran).toEqual([]);
});
