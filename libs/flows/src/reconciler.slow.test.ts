import { newId, subjects, type TaskMessage } from '@slipstream/contracts';
import { directLast, taskStream } from '@slipstream/jetstream';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks, untilDisposed } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { reconcile } from './reconciler.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(tasks);
});
afterAll(() => engine[Symbol.asyncDispose]());

function startReconciler(): AsyncDisposable {
  const { bus, log, projection, parts } = engine;
  const options = { bus, log, projection, logger: parts.logger, quietMs: 600 };
  return untilDisposed((signal) => reconcile(options, signal));
}

const inQueue = (id: string) =>
  directLast(engine.bus, taskStream('batch'), subjects.taskAnywhere('batch', id));

const taskMessage = (text: string): TaskMessage => ({
  id: newId(),
  run: 1,
  gen: 1,
  kind: 'work',
  priority: 'normal',
  payload: { text },
  createdAt: new Date().toISOString(),
  maxAttempts: 3,
});

const submitted = (task: TaskMessage) =>
  ({
    type: 'submitted',
    id: task.id,
    run: task.run,
    category: 'batch',
    at: task.createdAt,
    task,
  }) as const;

const startPool = (ran: object[]) =>
  runPool(engine.parts, {
    category: 'batch',
    tasks,
    slots: 2,
    handlers: {
      crawl: async () => ({}),
      work: async ({ text }, { attempt, fence }) => void ran.push({ text, attempt, ...fence }),
    },
  });

test('a task that the log knows and no stream holds is published again, once, with a higher gen', async () => {
  const task = taskMessage('lost');
  await engine.log.append(submitted(task));
  await using _reconciler = startReconciler();
  const ran: object[] = [];
  await using _pool = startPool(ran);
  expect((await engine.reaches(task.id)).state).toBe('succeeded');
  expect(ran).toEqual([{ text: 'lost', attempt: 1, run: 1, gen: 2 }]);
});

test('a lost retry comes back as the next attempt', async () => {
  const task = taskMessage('retry');
  const at = new Date().toISOString();
  await engine.log.append(submitted(task));
  await engine.log.append({
    type: 'retrying',
    id: task.id,
    run: 1,
    category: 'batch',
    at,
    kind: 'work',
    attempt: 1,
    startedAt: at,
    worker: 'gone',
    error: { code: 'error', message: 'no' },
    nextRunAt: at,
  });
  await using _reconciler = startReconciler();
  const ran: object[] = [];
  await using _pool = startPool(ran);
  await engine.reaches(task.id);
  expect(ran).toEqual([{ text: 'retry', attempt: 2, run: 1, gen: 3 }]);
});

test('a task in its queue that the log does not know gets its event, payload and all', async () => {
  const task = taskMessage('unlogged');
  await engine.bus.publisher.publish(
    subjects.task('batch', 'normal', task.id),
    JSON.stringify(task),
  );
  await using _reconciler = startReconciler();
  const row = await engine.reaches(task.id, new Set(['queued']));
  expect(row).toMatchObject({ kind: 'work', maxAttempts: 3 });
  const [first] = await engine.projection.history(row);
  expect(first?.event).toMatchObject({ type: 'submitted', task });
  expect(await inQueue(task.id)).toBeDefined();
});

test('a task that waits in its queue, or for its time, is left where it is', async () => {
  const { bus, log, projection } = engine;
  const waits = await submit(bus, log, { definition: tasks.work, payload: { text: 'a' } });
  const later = await submit(bus, log, {
    definition: tasks.work,
    payload: { text: 'b' },
    runAt: Date.now() + 60_000,
  });
  const lost = taskMessage('found while the others are looked at');
  await log.append(submitted(lost));
  await using _reconciler = startReconciler();
  await vi.waitFor(async () => expect(await inQueue(lost.id)).toBeDefined(), 5_000);
  await projection.barrier();
  for (const { task } of [waits, later]) {
    const row = await projection.ask('task', task.id);
    expect(row && (await projection.history(row))).toHaveLength(1);
  }
  expect(await inQueue(later.task.id)).toBeUndefined();
  expect(JSON.parse(String((await inQueue(waits.task.id))?.data))).toMatchObject({ gen: 1 });
});

test('a task that was cancelled does not come back', async () => {
  const task = taskMessage('cancelled');
  const at = new Date().toISOString();
  await engine.log.append(submitted(task));
  await engine.log.append({ type: 'cancelled', id: task.id, run: 1, category: 'batch', at });
  const lost = taskMessage('later');
  await engine.log.append(submitted(lost));
  await using _reconciler = startReconciler();
  await vi.waitFor(async () => expect(await inQueue(lost.id)).toBeDefined(), 5_000);
  expect(await inQueue(task.id)).toBeUndefined();
});
