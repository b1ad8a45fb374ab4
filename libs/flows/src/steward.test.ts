import { subjects } from '@slipstream/contracts';
import { ensureRecurring, submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { steward } from './steward.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startSteward(): AsyncDisposable {
  const stop = new AbortController();
  const { bus, log, parts } = engine;
  const running = steward({ bus, log, tasks, logger: parts.logger }, stop.signal);
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

test('a recurring schedule runs again and again, each time as a task of its own', async () => {
  const ran: string[] = [];
  await using _pool = startPool(ran);
  const every = { name: 'tick', definition: tasks.work, payload: { text: 'tick' } };
  await ensureRecurring(engine.bus, { ...every, cron: '@every 1s' });
  await ensureRecurring(engine.bus, { ...every, cron: '@every 1s' });
  await using _steward = startSteward();
  await vi.waitFor(() => expect(ran.length).toBeGreaterThanOrEqual(2), 5_000);
  await engine.bus.manager.streams.purge('SCHED', { filter: subjects.schedule('batch', 'tick') });
  await engine.projection.barrier();
  const found = await engine.projection.list({ tag: 'schedule:tick', limit: 10 });
  expect(found.length).toBe(new Set(found.map(({ id }) => id)).size);
  expect(found.length).toBeGreaterThanOrEqual(2);
});
