import { maintenanceJobs, type Task, tasks } from '@slipstream/contracts';
import { directLast, serveMicro } from '@slipstream/jetstream';
import { readSchedule, readSchedules, saveSchedule, submit } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  // The clock shall not run a job in the middle of a test.
  for (const { name } of await readSchedules(engine.bus)) {
    const { value, revision } = await readSchedule(engine.bus, name);
    if (value) await saveSchedule(engine.bus, 'maintenance', { ...value, paused: true }, revision);
  }
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const snapshot = () => directLast(engine.bus, 'KV_runtime', '$KV.runtime.health');

/** A task whose payload went past the gateway and does not fit. */
async function failedTask(): Promise<Task['id']> {
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks['maintain-index'],
    payload: { no: 'such field' },
  });
  expect((await engine.reaches(task.id)).state).toBe('failed');
  return task.id;
}

test('every job of the system but re-embed is a schedule that users see', async () => {
  const shipped = await readSchedules(engine.bus);
  const { 're-embed': _onRequest, ...scheduled } = maintenanceJobs;
  expect(shipped.map(({ name, task }) => [name, task.kind])).toEqual(
    Object.entries(scheduled).toSorted(),
  );
  expect(shipped.every((schedule) => schedule.shipped)).toBe(true);
});

test('a dry run of the index upkeep reports and changes nothing', async () => {
  const { result } = await engine.completed('maintain-index', { dryRun: true });
  expect(result).toMatchObject({ dryRun: true, chunks: 0, vectors: 0 });
});

test('without a gateway the snapshot says that the system is unhealthy; a dry run keeps none', async () => {
  const dry = await engine.completed('health-snapshot', { dryRun: true });
  expect(dry.result).toMatchObject({ dryRun: true, status: 'unhealthy', changed: false });
  expect(await snapshot()).toBeUndefined();
  const { result } = await engine.completed('health-snapshot', {});
  expect(result).toMatchObject({
    status: 'unhealthy',
    alerts: [expect.stringContaining('no gateway')],
  });
  expect(JSON.parse(String(Buffer.from((await snapshot())?.data ?? '')))).toEqual(result);
});

test('a snapshot keeps what the gateway says, and tells of a change', async () => {
  serveMicro(engine.bus, {
    name: 'gateway',
    version: '0.1.0',
    description: 'Answers as the gateway does',
    endpoints: [
      {
        name: 'status',
        subject: 'slipstream.gateway.status',
        handle: () => ({ status: 'healthy', alerts: [] }),
      },
    ],
  });
  await engine.bus.flush();
  const first = await engine.completed('health-snapshot', {});
  expect(first.result).toMatchObject({
    status: 'healthy',
    changed: true,
    before: { status: 'unhealthy' },
  });
  const second = await engine.completed('health-snapshot', {});
  expect(second.result).toMatchObject({ changed: false, before: { status: 'healthy' } });
});

test('the digest counts the failed tasks by error code and kind', async () => {
  const ids = [await failedTask(), await failedTask()];
  const { result } = await engine.completed('dead-letter-digest', {});
  expect(result).toEqual({
    dryRun: false,
    since: expect.any(String),
    total: 2,
    groups: [
      {
        code: 'invalid-payload',
        kind: 'maintain-index',
        count: 2,
        newest: { id: ids[1], message: expect.stringContaining('/no') },
      },
    ],
  });
});

test('clean-up removes what crashes have left and nothing else; a dry run counts it', async () => {
  const { bus, log } = engine;
  const later = await submit(bus, log, {
    definition: tasks['maintain-index'],
    payload: {},
    runAt: Date.now() + 3_600_000,
  });
  await bus.publisher.publish('$KV.schedules.state.removed', '{"lastMs":1,"history":[]}');
  const { result: early } = await engine.completed('clean-up', { dryRun: true });
  expect(early).toMatchObject({ dryRun: true, delayed: { seen: 1, stale: 0 } });
  await bus.manager.streams.purge('SCHED', { filter: `sched.maintenance.${later.task.id}` });

  // As if the task had been cancelled, and the process had died before it removed the delay.
  const { id, run } = later.task;
  const at = new Date().toISOString();
  await log.append({ type: 'cancelled', id, run, category: 'maintenance', at });
  await bus.publisher.publish(`sched.maintenance.${id}`, '{}');
  const { result: dry } = await engine.completed('clean-up', { dryRun: true });
  const { result: real } = await engine.completed('clean-up', {});
  expect(dry).toMatchObject({ delayed: { stale: 1 }, schedules: { stale: 1 } });
  expect(real).toEqual({ ...(dry as object), dryRun: false });
  const { result: again } = await engine.completed('clean-up', {});
  expect(again).toMatchObject({ delayed: { seen: 0 }, schedules: { stale: 0 } });
  expect(await directLast(bus, 'KV_schedules', '$KV.schedules.state.removed')).toBeUndefined();
});
