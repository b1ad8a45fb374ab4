import { batchIds, newId, subjects } from '@slipstream/contracts';
import { connect, directLast } from '@slipstream/jetstream';
import { createEventLog, expandManifest, storeManifest, submitOnce } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks, untilDisposed } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expandBatches } from './expander.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startExpander(graceMs = 10): AsyncDisposable {
  const { bus, log, projection, parts } = engine;
  const { logger } = parts;
  return untilDisposed((signal) =>
    expandBatches({ bus, log, projection, tasks, logger, graceMs }, signal),
  );
}

const startPool = (ran: string[]) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 100,
    handlers: { crawl: async () => ({}), work: async ({ text }) => void ran.push(text) },
  });

const texts = (count: number) => Array.from({ length: count }, (_, place) => `task ${place}`);
const works = (count: number) =>
  texts(count).map((text) => ({ kind: 'work', payload: { text } }) as const);

const allSucceeded = (ids: readonly string[]) =>
  vi.waitFor(
    async () => {
      await engine.projection.barrier();
      const rows = await Promise.all(ids.map((id) => engine.projection.ask('task', id)));
      expect(rows.filter((row) => row?.state !== 'succeeded')).toEqual([]);
    },
    { timeout: 60_000, interval: 200 },
  );

const left = async (stream: string): Promise<number> =>
  (await engine.bus.manager.streams.info(stream)).state.messages;

test('10,000 tasks whose publisher was cut off in the middle run once each', async () => {
  const ran: string[] = [];
  const id = newId();
  await using _pool = startPool(ran);
  {
    // A gateway with a connection of its own that breaks after some thousand tasks.
    const bus = await connect({ url: engine.nats.url, name: 'dying' });
    const { manifest } = await storeManifest(bus, id, works(10_000));
    const dying = expandManifest(bus, createEventLog(bus), tasks, manifest, {
      onGroup: (done) => {
        if (done === 4_000) void bus.connection.close();
      },
    });
    await expect(dying).rejects.toThrow();
    await bus[Symbol.asyncDispose]();
  }
  expect(await left('BATCHES')).toBe(1);
  await using _expander = startExpander();
  await allSucceeded(batchIds(id, 10_000));
  expect(ran.length).toBe(10_000);
  expect(ran.sort()).toEqual(texts(10_000).sort());
  await vi.waitFor(async () =>
    expect([await left('BATCHES'), await left('BLOBS')]).toEqual([0, 0]),
  );
});

test('an expander that is stopped in the middle leaves the rest to the next, which repeats nothing', async () => {
  const ran: string[] = [];
  const id = newId();
  await storeManifest(engine.bus, id, works(5_000));
  await using _pool = startPool(ran);
  for (const reached of [1, 1_500]) {
    await using _expander = startExpander();
    await vi.waitFor(() => expect(ran.length).toBeGreaterThanOrEqual(reached), 30_000);
  }
  await using _last = startExpander();
  await allSucceeded(batchIds(id, 5_000));
  expect(ran.sort()).toEqual(texts(5_000).sort());
});

const queued = async (id: string): Promise<boolean> =>
  (await directLast(engine.bus, 'TASKS_BATCH', subjects.task('batch', 'normal', id))) !== undefined;

const worksOf = (ids: readonly string[]) =>
  ids.map((id) => ({ id, definition: tasks.work, payload: { text: id } }));

test('what has begun is left alone, what only its event knows is published', async () => {
  const [ended = '', lost = '', fresh = ''] = batchIds(newId(), 3);
  const { log, bus, projection } = engine;
  const at = new Date().toISOString();
  await log.append({
    ...{ type: 'succeeded', id: ended, run: 1, category: 'batch', at, kind: 'work' },
    ...{ attempt: 1, startedAt: at, worker: 'test' },
  });
  const { id, ...task } = { id: lost, run: 1, gen: 1, kind: 'work', priority: 'normal' as const };
  await log.append({
    ...{ type: 'submitted', id, run: 1, category: 'batch', at },
    task: { id, ...task, payload: { text: 'lost' }, createdAt: at },
  });
  await submitOnce(bus, log, worksOf([ended, lost, fresh]), { projection });
  expect([await queued(ended), await queued(lost), await queued(fresh)]).toEqual([
    false,
    true,
    true,
  ]);
});
