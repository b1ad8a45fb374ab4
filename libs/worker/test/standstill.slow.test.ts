import { defineTask } from '@slipstream/contracts';
import { taskStream } from '@slipstream/jetstream';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks } from '@slipstream/testkit';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readWorkers, runPool, startWorkerService } from '../src/index.ts';

const tasks = {
  ...testTasks,
  hold: defineTask({
    kind: 'hold',
    category: 'maintenance',
    summary: 'Ends when a test says so',
    payload: Type.Object({}),
    result: Type.Unknown(),
    priority: 'normal',
  }),
} as const;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

const send = () =>
  submit(engine.bus, engine.log, { definition: tasks.work, payload: { text: 'x' } });

const soon = (): Promise<object> =>
  new Promise((resolve) => {
    setTimeout(resolve, 10, {});
  });

test('a pool before which work waits and to which nothing comes is stuck, not ready, and says why', async () => {
  const { consumers } = engine.bus.manager;
  const gate = Promise.withResolvers<object>();
  await using service = await startWorkerService({
    service: 'still',
    description: 'A worker of a test',
    settings: {
      SLIPSTREAM_NATS_URL: engine.nats.url,
      SLIPSTREAM_OPS_HOST: '127.0.0.1',
      SLIPSTREAM_OPS_PORT: 0,
      SLIPSTREAM_LOG_LEVEL: 'silent',
    },
    start: async (parts) => {
      const handlers = { work: soon, crawl: soon };
      const pool = { category: 'batch', tasks, slots: 2, handlers } as const;
      const hold = { hold: () => gate.promise };
      const full = { category: 'maintenance', tasks, slots: 1, handlers: hold } as const;
      const own = { ...parts, tasks };
      return { pools: [runPool(own, pool), runPool(own, full)] };
    },
  });
  const ready = async () => {
    const response = await fetch(`${service.opsUrl}/readyz`);
    return [response.status, await response.json()];
  };
  const status = async () => (await readWorkers(engine.bus)).map((worker) => worker.status);
  await engine.reaches((await send()).task.id);
  // A pool with full slots asks for nothing and is not stuck, however long it takes.
  const held = await submit(engine.bus, engine.log, { definition: tasks.hold, payload: {} });
  expect(await ready()).toEqual([200, { ready: true, checks: {} }]);

  // Behind the back of the API, by the NATS CLI say.
  const far = new Date(Date.now() + 3_600_000);
  await consumers.pause(taskStream('batch'), 'p2', far);
  const { task } = await send();
  const why = /^1 tasks wait, slots are free, and none came for \d+ s$/;
  await vi.waitFor(async () => {
    expect(await ready()).toEqual([
      503,
      { ready: false, checks: { batch: expect.stringMatching(why) } },
    ]);
    expect(await status()).toEqual(['stuck']);
  }, 12_000);

  await consumers.resume(taskStream('batch'), 'p2');
  gate.resolve({});
  await engine.reaches(task.id);
  await engine.reaches(held.task.id);
  await vi.waitFor(async () => {
    expect((await ready())[0]).toBe(200);
    expect(await status()).toEqual(['idle']);
  }, 6_000);
});

test('a pool goes on by itself after nats-server stood still for seconds', async () => {
  await using pool = runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 3,
    handlers: { work: soon, crawl: soon },
  });
  const idle = { category: 'maintenance', tasks, slots: 1, handlers: { hold: soon } } as const;
  await using idlePool = runPool(engine.parts, idle);
  const sent = await Promise.all(Array.from({ length: 300 }, send));
  await vi.waitFor(() => expect(pool.stats.succeeded).toBeGreaterThan(10), 5_000);
  engine.nats.freeze();
  // A pool with free slots has heard nothing for 3 s.
  await vi.waitFor(() => expect(idlePool.alive).toBe(false), 10_000);
  engine.nats.thaw();
  const rows = await Promise.all(sent.map(({ task }) => engine.reaches(task.id)));
  expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['succeeded']));
  await vi.waitFor(() => expect([idlePool.alive, pool.inHand]).toEqual([true, 0]), 5_000);
});
