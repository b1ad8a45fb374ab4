import { type EventOf, newId, tasks as systemTasks } from '@slipstream/contracts';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks, untilDisposed } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { deliveryId, followWebhooks } from './webhooks.ts';

const tell = systemTasks['deliver-webhook'];
const tasks = { ...testTasks, [tell.kind]: tell } as const;
const url = 'https://hooks.example.com/';

let engine: Engine;
const told: string[] = [];
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());
beforeEach(() => {
  told.length = 0;
});

function startFollower(): AsyncDisposable {
  const { bus, log, projection } = engine;
  return untilDisposed((signal) =>
    followWebhooks({ bus, log, projection, definition: tell }, signal),
  );
}

const startPool = () =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 5,
    handlers: {
      work: async () => ({}),
      crawl: async () => ({}),
      [tell.kind]: async ({ taskId, run }) => {
        told.push(`${taskId}.${run}`);
        return { status: 200, durationMs: 0 };
      },
    },
  });

async function send(webhook?: { url: string }): Promise<string> {
  const { bus, log } = engine;
  const submission = { definition: tasks.work, payload: { text: 'x' } };
  const { task } = await submit(bus, log, { ...submission, ...(webhook && { webhook }) });
  return task.id;
}

const end = (id: string, run: number): EventOf<'succeeded'> => ({
  ...{ type: 'succeeded', id, run, category: 'batch', at: new Date().toISOString() },
  ...{ kind: 'work', attempt: 1, startedAt: new Date().toISOString(), worker: 'test' },
});

test('a task with a webhook is told of once when it has ended, one without is not', async () => {
  await using _pool = startPool();
  await using _follower = startFollower();
  await send();
  const id = await send({ url });
  const delivered = await engine.reaches(deliveryId(id, 1));
  expect([delivered.state, JSON.parse(delivered.tags)]).toEqual(['succeeded', [`webhook:${id}`]]);
  expect(told).toEqual([`${id}.1`]);
});

test('what ended while nobody followed is told by the next one, and nothing twice', async () => {
  await using _pool = startPool();
  const before = await (async () => {
    await using _first = startFollower();
    const id = await send({ url });
    await engine.reaches(deliveryId(id, 1));
    return id;
  })();
  const meanwhile = await Promise.all(Array.from({ length: 20 }, () => send({ url })));
  for (const id of meanwhile) await engine.reaches(id);
  // The position is lost as well: then all of the log is looked at again.
  await engine.bus.manager.streams.purge('KV_runtime', { filter: '$KV.runtime.webhooks' });
  await using _second = startFollower();
  for (const id of meanwhile) await engine.reaches(deliveryId(id, 1));
  expect([...told].sort()).toEqual([before, ...meanwhile].map((id) => `${id}.1`).sort());
});

test('each run of a task is told of, also when the next one began before anybody looked', async () => {
  const { log } = engine;
  const id = newId();
  const message = { id, gen: 1, kind: 'work', priority: 'normal' as const, payload: { text: '' } };
  const at = new Date().toISOString();
  const task = { ...message, run: 1, createdAt: at, webhook: { url } };
  // The end comes before the submission, as it does for short tasks.
  await log.append(end(id, 1));
  await log.append({ type: 'submitted', id, run: 1, category: 'batch', at, task });
  await log.append({ type: 'submitted', id, run: 2, category: 'batch', at, task });
  await log.append(end(id, 2));
  await using _pool = startPool();
  await using _follower = startFollower();
  await engine.reaches(deliveryId(id, 1));
  await engine.reaches(deliveryId(id, 2));
  await vi.waitFor(() => expect([...told].sort()).toEqual([`${id}.1`, `${id}.2`]));
});
