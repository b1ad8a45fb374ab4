import { cancelTask, submit, taskView } from '@slipstream/tasklog';
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

const startPool = (ran: string[]) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: { crawl: async () => ({}), work: async ({ text }) => void ran.push(text) },
  });

test.each([30, 400, 900])(
  'a task that is %i ms away runs then, and not before',
  async (delayMs) => {
    await using _steward = startSteward();
    await using _pool = startPool([]);
    const runAt = Date.now() + delayMs;
    const { task } = await submit(engine.bus, engine.log, {
      definition: tasks.work,
      payload: { text: 'later' },
      runAt,
    });
    const view = taskView(await engine.reaches(task.id));
    expect(view.state).toBe('succeeded');
    expect(Date.parse(view.startedAt ?? '')).toBeGreaterThanOrEqual(runAt);
  },
);

test('a delayed task that is cancelled never runs', async () => {
  await using _steward = startSteward();
  const ran: string[] = [];
  await using _pool = startPool(ran);
  const order = (text: string, delayMs: number) =>
    submit(engine.bus, engine.log, {
      definition: tasks.work,
      payload: { text },
      runAt: Date.now() + delayMs,
    });
  const cancelled = [await order('soon', 400), await order('later', 800)];
  const { task: last } = await order('last', 1_000);
  for (const { task } of cancelled) {
    await cancelTask(engine.bus, engine.log, { id: task.id, run: 1, category: 'batch' });
  }
  expect((await engine.reaches(last.id)).state).toBe('succeeded');
  for (const { task } of cancelled) {
    expect((await engine.reaches(task.id)).state).toBe('cancelled');
  }
  await vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info('SCHED');
    expect([state.messages, ran]).toEqual([0, ['last']]);
  });
});
