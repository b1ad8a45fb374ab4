import { brandToken, maintenanceJobs, type Task, tasks } from '@slipstream/contracts';
import { directLast, noteAsked, serveMicro } from '@slipstream/jetstream';
import { readSchedule, readSchedules, saveSchedule, submit } from '@slipstream/tasklog';
import { type Engine, startEngine, withRest } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

let engine: Engine;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  service = await startService(readConfig(engine.env));
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

test('every job of the system but those that follow a change of settings is a schedule that users see', async () => {
  const shipped = await readSchedules(engine.bus);
  const { 're-embed': _embed, 're-index': _index, ...scheduled } = maintenanceJobs;
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

/** A crawl that has ended, as the log and the memory of pages have it. */
async function crawled(brand: string, url: string, maxDepth: number): Promise<void> {
  const { bus, log } = engine;
  const definition = tasks['scrape-site'];
  const { task } = await submit(bus, log, { definition, payload: { brand, url, maxDepth } });
  const at = new Date().toISOString();
  await log.append({
    ...{ type: 'succeeded', id: task.id, run: 1, category: 'scraping', at, kind: 'scrape-site' },
    ...{ attempt: 1, startedAt: at, worker: 'test', result: { url, inSitemap: 0, cut: 0 } },
  });
}

async function crawlsBelow(parentId: string) {
  await engine.projection.barrier();
  const rows = await engine.projection.list({ parentId, limit: 10 });
  const events = await Promise.all(rows.map((row) => engine.projection.history(row)));
  return events
    .flat()
    .flatMap(({ event }) => (event.type === 'submitted' ? [event.task.payload] : []));
}

test('known sites are crawled again: a delta less deep, a full crawl as the user asked for it', async () => {
  expect((await engine.completed('recrawl', {})).result).toMatchObject({ sites: [], forgotten: 0 });
  const url = 'https://docs.example.com/';
  await crawled('Acme', url, 5);
  await crawled('Acme', url, 7);
  await crawled('Erased', url, 7);
  await engine.bus.publisher.publish(`$KV.pages.${brandToken('Acme')}.page`, '{}');
  const { result } = await engine.completed('recrawl', { dryRun: true });
  expect(result).toMatchObject({ dryRun: true, sites: [{ brand: 'Acme', url }], forgotten: 1 });

  for (const [scope, maxDepth] of [
    ['delta', 1],
    ['full', 7],
  ] as const) {
    const { task } = await submit(engine.bus, engine.log, {
      definition: tasks.recrawl,
      payload: { scope },
    });
    await engine.reaches(task.id, new Set(['waiting']));
    await vi.waitFor(
      async () => expect(await crawlsBelow(task.id)).toEqual([{ brand: 'Acme', url, maxDepth }]),
      { timeout: 20_000 },
    );
    // Its crawl ends, and the next one does not take its depth for that of the site.
    await engine.projection.barrier();
    const [row] = await engine.projection.list({ parentId: task.id, limit: 1 });
    const at = new Date().toISOString();
    await engine.log.append({
      ...{ type: 'succeeded', id: row?.id ?? '', run: 1, category: 'scraping', at },
      ...{ kind: 'scrape-site', attempt: 1, startedAt: at, worker: 'test' },
    });
    expect((await engine.reaches(task.id)).state).toBe('succeeded');
  }
});

test('a task that runs far past its limit is cancelled as stuck; a dry run and a young one are not', async () => {
  const { bus, log } = engine;
  const definition = tasks['embed-texts'];
  const startedAt = async (agoMs: number) => {
    const { task } = await submit(bus, log, {
      definition,
      payload: { texts: ['x'] },
      timeoutMs: 60_000,
    });
    const at = new Date(Date.now() - agoMs).toISOString();
    await log.append({
      ...{ type: 'started', id: task.id, run: 1, category: 'embedding', at, attempt: 1 },
      worker: 'gone',
    });
    return task.id;
  };
  const [stuck, young] = [await startedAt(200_000), await startedAt(100_000)];
  const { result: dry } = await engine.completed('sweep-stuck', { dryRun: true });
  const { result } = await engine.completed('sweep-stuck', {});
  expect(dry).toMatchObject({ dryRun: true, overdue: [{ id: stuck, worker: 'gone' }] });
  expect(result).toMatchObject({ dryRun: false, overdue: [{ id: stuck }] });
  const ended = await engine.reaches(stuck);
  expect([ended.state, JSON.parse(ended.error ?? '')]).toMatchObject([
    'cancelled',
    { code: 'stuck' },
  ]);
  expect((await engine.projection.task(young))?.state).toBe('running');
});

test('the cache is warmed with what was asked often, conversations left out', async () => {
  const brand = 'Acme';
  const note = async (question: string, times: number, more: object = {}) => {
    const at = new Date().toISOString();
    const asked = { brand, question, outcome: 'answered', confidence: 1, at, ...more } as const;
    for (let nth = 0; nth < times; nth++) await noteAsked(engine.bus, asked);
  };
  await note('How is it charged?', 5);
  await note('how is it charged', 1);
  await note('How is it reset?', 3, { limit: 5 });
  await note('And the other one?', 9, { followUp: true });
  await note('Asked twice?', 2);
  await note('Never answered?', 9, { outcome: 'no-answer' });

  const seen: unknown[] = [];
  await using _rag = runPool(engine.parts, {
    category: 'rag',
    tasks,
    slots: 2,
    handlers: withRest('rag', {
      'answer-question': async (payload) => {
        seen.push(payload);
        return {
          outcome: 'answered',
          answer: 'So.',
          citations: [],
          confidence: 1,
          mode: 'extractive',
          cached: false,
          timings: {},
        };
      },
    }),
  });
  const dry = await engine.completed('warm-cache', { dryRun: true });
  expect(dry.result).toMatchObject({ dryRun: true, brands: [{ brand, warmed: 2 }] });
  expect(seen).toEqual([]);
  const { result } = await engine.completed('warm-cache', {});
  expect(result).toMatchObject({ brands: [{ brand, asked: 11, warmed: 2, covers: 0.818 }] });
  expect(seen).toHaveLength(2);
  expect(seen).toContainEqual({ brand, question: 'How is it charged?' });
  expect(seen).toContainEqual({ brand, question: 'How is it reset?', limit: 5 });
});
