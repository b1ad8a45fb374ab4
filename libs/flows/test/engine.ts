import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTask, finalStates, type TaskState } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import {
  createEventLog,
  type EventLog,
  openProjection,
  type Projection,
  type TaskRow,
} from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import type { PoolParts } from '@slipstream/worker';
import { Type } from 'typebox';

const Payload = Type.Object({ text: Type.String() });

/** Kinds for tests: what they do is in the handlers of each test. */
export const tasks = {
  work: defineTask({
    kind: 'work',
    category: 'batch',
    summary: 'Whatever a test needs',
    payload: Payload,
    result: Type.Unknown(),
    priority: 'normal',
    retry: { maxAttempts: 3, delaysMs: [10] },
  }),
  crawl: defineTask({
    kind: 'crawl',
    category: 'batch',
    summary: 'A parent that tolerates failures',
    payload: Payload,
    result: Type.Unknown(),
    priority: 'high',
    onChildFailure: 'continue',
  }),
} as const;
export type TestTasks = typeof tasks;

export interface Engine extends AsyncDisposable {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly parts: PoolParts;
  /** Resolves with the row as soon as the task is in one of these states (default: a final one). */
  reaches(id: string, states?: ReadonlySet<TaskState>): Promise<TaskRow>;
}

/** A connection, the log and its projection on a provisioned server. */
export async function startEngine(url: string, name = 'test'): Promise<Engine> {
  const stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'engine-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const bus = stack.use(await connect({ url, name }));
  await provision(bus);
  const log = createEventLog(bus);
  const projection = stack.use(await openProjection(bus, { dir, name }));
  const logger = createLogger(name, 'silent');
  return {
    bus,
    log,
    projection,
    parts: { bus, log, logger, worker: name, tasks },
    async reaches(id, states = finalStates) {
      const { promise, resolve } = Promise.withResolvers<TaskRow>();
      const look = async () => {
        const row = await projection.ask('task', id);
        if (row && states.has(row.state)) resolve(row);
      };
      const unwatch = projection.watch([id], () => void look());
      await look();
      return promise.finally(unwatch);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
