import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GiveBackError, newId, subjects, type TaskMessage } from '@slipstream/contracts';
import { reconcile, steward } from '@slipstream/flows';
import { directLast, taskStream } from '@slipstream/jetstream';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, type TestTasks, testTasks as tasks } from '@slipstream/testkit';
import { type Handler, runPool } from '@slipstream/worker';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CrashPoint } from './crash-process.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await startEngine(tasks);
});
afterEach(() => engine[Symbol.asyncDispose]());

/** Resolves when the process has killed itself at that point. */
async function crashAt(point: CrashPoint, id = ''): Promise<void> {
  const file = join(import.meta.dirname, 'crash-process.ts');
  const args = ['--disable-warning=ExperimentalWarning', file, engine.nats.url, point, id];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [, signal] = await once(child, 'exit');
  expect(signal).toBe('SIGKILL');
}

function startLeaders(): AsyncDisposable {
  const stop = new AbortController();
  const { bus, log, projection, parts } = engine;
  const { logger } = parts;
  const running = [
    steward({ bus, log, projection, tasks, logger }, stop.signal),
    reconcile({ bus, log, projection, logger, quietMs: 1_000 }, stop.signal),
  ];
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

type Work = Handler<TestTasks['work'], TestTasks>;

const startPool = (work: Work) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: { work, crawl: async () => ({}) },
  });

/** A pool that only writes down what it runs. */
function startRecorder() {
  const ran: { id: string; attempt: number; run: number; gen: number }[] = [];
  const pool = startPool(async (_payload, { id, attempt, fence }) => {
    ran.push({ id, attempt, ...fence });
  });
  return { ran, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

const send = (more: object = {}) =>
  submit(engine.bus, engine.log, { definition: tasks.work, payload: { text: 'x' }, ...more });

const queueIsEmpty = () =>
  vi.waitFor(async () => {
    const { state } = await engine.bus.manager.streams.info(taskStream('batch'));
    expect(state.messages).toBe(0);
  }, 10_000);

test('crash after the task was stored, before its event: the log learns of it, and it runs once', async () => {
  const id = newId();
  await crashAt('task-stored-event-not', id);
  await engine.projection.barrier();
  expect(await engine.projection.ask('task', id)).toBeUndefined();
  await using _leaders = startLeaders();
  const row = await engine.reaches(id, new Set(['queued']));
  expect(taskView(row)).toMatchObject({ id, kind: 'work', maxAttempts: 3 });
  await using recorder = startRecorder();
  expect((await engine.reaches(id)).state).toBe('succeeded');
  await queueIsEmpty();
  expect(recorder.ran).toEqual([{ id, attempt: 1, run: 1, gen: 1 }]);
});

test('crash after the final event, before the ack: the task is not run again', async () => {
  const { task } = await send();
  await crashAt('final-stored-ack-not');
  await using recorder = startRecorder();
  await queueIsEmpty();
  expect(recorder.ran).toEqual([]);
  const row = await engine.reaches(task.id);
  expect(row).toMatchObject({ state: 'succeeded', result: expect.stringContaining('crashing-') });
});

test('crash after the retrying event, before its schedule: the next attempt runs, in its time', async () => {
  const { task } = await send();
  await crashAt('retrying-stored-schedule-not');
  await using _leaders = startLeaders();
  await using recorder = startRecorder();
  const row = await engine.reaches(task.id);
  expect(recorder.ran.map(({ attempt }) => attempt)).toEqual([2]);
  const [, retrying] = (await engine.projection.history(row)).map(({ event }) => event);
  const due = retrying?.type === 'retrying' ? Date.parse(retrying.nextRunAt) : Number.NaN;
  expect(row.finishedAt).toBeGreaterThanOrEqual(due);
});

test('crash after a schedule fired, before it was published: the task runs once', async () => {
  const { task } = await send({ runAt: Date.now() + 300 });
  await crashAt('fired-published-not');
  await using _leaders = startLeaders();
  await using recorder = startRecorder();
  expect((await engine.reaches(task.id)).state).toBe('succeeded');
  await queueIsEmpty();
  expect(recorder.ran.map(({ id }) => id)).toEqual([task.id]);
});

test('a task that crashes its worker five times ends as poison, without another start', async () => {
  const { task } = await send();
  // The first start of a task is in the log only after 20 ms; this one crashes sooner.
  for (let crash = 0; crash < 6; crash++) await crashAt('in-the-handler');
  await using recorder = startRecorder();
  const view = taskView(await engine.reaches(task.id));
  expect(view).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'poison' } });
  await queueIsEmpty();
  expect(recorder.ran).toEqual([]);
});

test('a hundred give-backs cost no attempt, are no poison, and leave the task to be found', async () => {
  let starts = 0;
  await using _pool = startPool(async (_payload, { attempt }) => {
    starts += 1;
    if (starts <= 100) throw new GiveBackError('not now', { delayMs: 5 });
    return { attempt };
  });
  const { task } = await send();
  const row = await engine.reaches(task.id);
  expect(row).toMatchObject({ state: 'succeeded', result: '{"attempt":1}' });
  expect(starts).toBe(101);
  const [first] = await engine.projection.history(row);
  expect(first?.event.type).toBe('submitted');
});

test('a broker that is killed 30 ms after a delivery costs neither the task nor an attempt', async () => {
  const started = Promise.withResolvers<void>();
  let starts = 0;
  await using _pool = startPool(async (_payload, { attempt }) => {
    starts += 1;
    started.resolve();
    await sleep(200);
    return { attempt };
  });
  const { task } = await send();
  await started.promise;
  await sleep(30);
  await engine.nats.kill();
  await engine.nats.restart();
  expect(await engine.reaches(task.id)).toMatchObject({
    state: 'succeeded',
    result: '{"attempt":1}',
  });
  await queueIsEmpty();
  expect(starts).toBeLessThanOrEqual(2);
});

/** What a user's retry writes: the next run of the task, into the log and its queue. */
async function nextRun(task: TaskMessage): Promise<void> {
  const again = { ...task, run: task.run + 1 };
  const { id, run } = again;
  const at = new Date().toISOString();
  await engine.log.append({ type: 'submitted', id, run, category: 'batch', at, task: again });
  const subject = subjects.task('batch', again.priority, id);
  await engine.bus.publisher.publish(subject, JSON.stringify(again));
}

test('a zombie that finishes after a retry changes nothing of the new run', async () => {
  const zombie = Promise.withResolvers<void>();
  await using _pool = startPool(async (_payload, { fence }) => {
    if (fence.run === 1) await zombie.promise;
    return { run: fence.run };
  });
  const { task } = await send();
  await engine.reaches(task.id, new Set(['running']));
  const at = new Date().toISOString();
  const { id } = task;
  await engine.log.append({ type: 'cancelled', id, run: 1, category: 'batch', at });
  await nextRun(task);
  await vi.waitFor(async () => {
    const row = await engine.projection.task(id);
    expect(row).toMatchObject({ run: 2, state: 'succeeded', result: '{"run":2}' });
  }, 5_000);
  zombie.resolve();
  await queueIsEmpty();
  await engine.projection.barrier();
  expect(await engine.projection.task(id)).toMatchObject({ run: 2, result: '{"run":2}' });
});

test('a task lost within the server window of duplicates is not swallowed when it comes again', async () => {
  const { task } = await send();
  await engine.bus.manager.streams.purge(taskStream('batch'));
  expect(
    await directLast(engine.bus, taskStream('batch'), subjects.taskAnywhere('batch', task.id)),
  ).toBeUndefined();
  await using _leaders = startLeaders();
  await using recorder = startRecorder();
  expect((await engine.reaches(task.id)).state).toBe('succeeded');
  expect(recorder.ran).toEqual([{ id: task.id, attempt: 1, run: 1, gen: 2 }]);
});

test('events that together are far over the payload limit are all stored', async () => {
  const message = '€'.repeat(60_000);
  const id = newId();
  const at = new Date().toISOString();
  const progress = { done: 1, message };
  await Promise.all(
    Array.from({ length: 100 }, () =>
      engine.log.append({ type: 'progress', id, run: 1, category: 'batch', at, progress }),
    ),
  );
  const { state } = await engine.bus.manager.streams.info('EVENTS');
  expect(state.bytes).toBeGreaterThan(100 * 180_000);
});
