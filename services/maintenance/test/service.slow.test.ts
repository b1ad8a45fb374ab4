import { join } from 'node:path';
import type { Chunk } from '@slipstream/contracts';
import { directLast } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { changeEmbedderRecord, readEmbedderRecord } from '@slipstream/providers';
import { readSchedule, saveSchedule, wakeSchedule } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

let engine: Engine;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  service = await startService(readConfig(engine.env));
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

test('index upkeep runs on an empty store and reports what it did', async () => {
  const task = await engine.completed('maintain-index', {});
  expect(task).toMatchObject({ state: 'succeeded', result: { chunks: 0, vectors: 0 } });
});

test('upkeep drops the vectors of an embedder that was retired over an hour ago, and no others', async () => {
  const brand = 'Quillmere';
  const ids = ['old', 'recent', 'active'];
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  const place = { brand, docId: 'd', source: 's', url: 'https://docs.example/', title: 'T' };
  const rest = { headingPath: [], ordinal: 0, text: 'Reset it.', fetchedAt: '' };
  const chunk: Chunk = { id: 'c'.repeat(32), ...place, ...rest };
  await store.writeDocuments([{ brand, docId: 'd', chunks: [chunk] }]);
  for (const id of ids)
    await store.addVectors({ id, dimensions: 2 }, [
      { brand, id: chunk.id, vector: Float32Array.of(1, 0) },
    ]);
  const agoMs = (ms: number) => new Date(Date.now() - ms).toISOString();
  const recent = { id: 'recent', at: agoMs(60_000) };
  await changeEmbedderRecord(engine.bus, () => ({
    active: { id: 'active', provider: 'openai-compatible' },
    since: agoMs(60_000),
    retired: [{ id: 'old', at: agoMs(3_700_000) }, recent],
  }));

  const dry = await engine.completed('maintain-index', { dryRun: true });
  expect(dry.result).toMatchObject({ retiredEmbedders: ['old'] });
  expect((await store.stats()).vectors).toEqual({ old: 1, recent: 1, active: 1 });
  const { result } = await engine.completed('maintain-index', {});
  expect(result).toMatchObject({ retiredEmbedders: ['old'], vectors: 2 });
  expect((await store.stats()).vectors).toEqual({ old: 0, recent: 1, active: 1 });
  expect((await readEmbedderRecord(engine.bus)).record?.retired).toEqual([recent]);
});

test('the server keeps the schedule of the index upkeep', async () => {
  const schedule = await directLast(engine.bus, 'SCHED', 'sched.maintenance.index-upkeep');
  expect(schedule?.header('Nats-Schedule')).toBe('0 */10 * * * *');
  expect(schedule?.header('Nats-Schedule-Target')).toBe('due.maintenance.index-upkeep');
});

test('a shipped schedule that is due runs as a task of its own', async () => {
  const { bus } = engine;
  const { value: shipped, revision } = await readSchedule(bus, 'index-upkeep');
  if (!shipped) throw new Error('index-upkeep is missing');
  const dueMs = shipped.sinceMs - 1_200_000;
  await saveSchedule(bus, 'maintenance', { ...shipped, sinceMs: dueMs }, revision);
  await wakeSchedule(bus, 'maintenance', 'index-upkeep');
  await vi.waitFor(async () => {
    const [task] = await engine.projection.list({ tag: 'schedule:index-upkeep', limit: 5 });
    expect(task?.state).toBe('succeeded');
  }, 10_000);
});

test('one leader of each kind holds its lease', async () => {
  const leaders = ['conductor', 'expander', 'steward', 'webhooks', 'limits', 'ages', 'reconciler'];
  await vi.waitFor(async () => {
    for (const name of leaders) {
      const lease = await directLast(engine.bus, 'KV_runtime', `$KV.runtime.lease.${name}`);
      expect(String(lease?.data)).toContain('maintenance');
    }
  });
});

test('the service answers workers that ask about a task', async () => {
  const { id } = await engine.completed('maintain-index', {});
  const reply = await engine.bus.connection.request('slipstream.task-state', id);
  expect(reply.json()).toMatchObject({ run: 1, state: 'succeeded', attempt: 1 });
});
