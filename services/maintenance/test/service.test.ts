import { directLast } from '@slipstream/jetstream';
import { readSchedule, saveSchedule, wakeSchedule } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

let engine: Engine;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  service = await startService(
    readConfig({
      SLIPSTREAM_NATS_URL: engine.nats.url,
      SLIPSTREAM_DATA_DIR: engine.dir,
      SLIPSTREAM_OPS_PORT: '0',
      SLIPSTREAM_LOG_LEVEL: 'silent',
    }),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

test('index upkeep runs on an empty store and reports what it did', async () => {
  const task = await engine.completed('maintain-index', {});
  expect(task).toMatchObject({ state: 'succeeded', result: { chunks: 0, vectors: 0 } });
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
