import { cancelTask, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steward } from './steward.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startSteward(): AsyncDisposable {
  const stop = new AbortController();
  const { bus, log, projection, parts } = engine;
  const running = steward({ bus, log, projection, tasks, logger: parts.logger }, stop.signal);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const startPool = (ran: string[]) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: { crawl: async () => ({}), work: async ({ text }) => void ran.push(text) },
  });

test('a delayed task runs when its time has come, and not before', async () => {
  await using _steward = startSteward();
  await using _pool = startPool([]);
  const runAt = Date.now() + 700;
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks.work,
    payload: { text: 'later' },
    runAt,
  });
  const view = taskView(await engine.reaches(task.id));
  expect(view.state).toBe('succeeded');
  expect(Date.parse(view.startedAt ?? '')).toBeGreaterThanOrEqual(runAt);
});

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
  const { task: cancelled } = await order('cancelled', 500);
  const { task: later } = await order('later', 900);
  await cancelTask(engine.bus, engine.log, { id: cancelled.id, run: 1, category: 'batch' });
  expect((await engine.reaches(later.id)).state).toBe('succeeded');
  expect((await engine.reaches(cancelled.id)).state).toBe('cancelled');
  expect(ran).toEqual(['later']);
});
