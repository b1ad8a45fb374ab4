import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  finalStates,
  type Kind,
  type PayloadOf,
  tasks as systemTasks,
  type Task,
  type TaskState,
  type Tasks,
  type TaskTable,
} from '@slipstream/contracts';
import { type Bus, connect, getBlob, provision, serveMicro } from '@slipstream/jetstream';
import {
  createEventLog,
  type EventLog,
  openProjection,
  type Projection,
  submit,
  type TaskRow,
  taskStateEndpoint,
  taskView,
} from '@slipstream/tasklog';
import { createLogger, type Logger } from '@slipstream/telemetry';
import { type NatsServer, startNatsServer } from '@slipstream/testing';

export interface Engine extends AsyncDisposable {
  readonly nats: NatsServer;
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  /** What `runPool` needs. */
  readonly parts: {
    readonly bus: Bus;
    readonly log: EventLog;
    readonly logger: Logger;
    readonly worker: string;
    readonly tasks: TaskTable;
  };
  /** Folder for the files of a test, removed at the end. */
  readonly dir: string;
  /** Settings of a service that runs on it: any free port, nothing logged. */
  readonly env: Readonly<Record<string, string>>;
  /** Resolves with the row as soon as the task is in one of these states (default: a final one). */
  reaches(id: string, states?: ReadonlySet<TaskState>): Promise<TaskRow>;
  /** Resolves with the task when it has ended, its result read. */
  ended(id: string): Promise<Task>;
  /** Submits a task of the system's own kinds and resolves with it when it has ended, its result read. */
  completed<K extends Kind>(kind: K, payload: PayloadOf<Tasks[K]>): Promise<Task>;
}

/** The engine without services: a nats-server of its own, provisioned, with a log and a projection. */
export async function startEngine(table: TaskTable = systemTasks): Promise<Engine> {
  await using opening = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'engine-'));
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  const nats = opening.use(await startNatsServer());
  const bus = opening.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
  const log = createEventLog(bus);
  const projection = opening.use(await openProjection(bus, { dir, name: 'test', tasks: table }));
  serveMicro(bus, {
    name: 'slipstream-test',
    version: '0.1.0',
    description: 'The projection of a test',
    endpoints: [taskStateEndpoint(projection, log)],
  });

  async function reaches(id: string, states: ReadonlySet<TaskState> = finalStates) {
    const { promise, resolve } = Promise.withResolvers<TaskRow>();
    const look = async (): Promise<void> => {
      const row = await projection.ask('task', id);
      if (row && states.has(row.state)) resolve(row);
    };
    const unwatch = projection.watch([id], () => void look());
    await projection.watching();
    await look();
    return promise.finally(unwatch);
  }

  async function ended(id: string): Promise<Task> {
    const row = await reaches(id);
    const bytes = row.resultRef && (await getBlob(bus, row.resultRef as `blob:${string}`));
    return taskView(row, bytes ? JSON.parse(Buffer.from(bytes).toString()) : undefined);
  }

  const stack = opening.move();
  return {
    nats,
    bus,
    log,
    projection,
    dir,
    env: {
      SLIPSTREAM_NATS_URL: nats.url,
      SLIPSTREAM_DATA_DIR: dir,
      SLIPSTREAM_OPS_PORT: '0',
      SLIPSTREAM_LOG_LEVEL: 'silent',
    },
    parts: { bus, log, logger: createLogger('test', 'silent'), worker: 'test', tasks: table },
    reaches,
    ended,
    async completed(kind, payload) {
      const { task } = await submit(bus, log, { definition: systemTasks[kind], payload });
      return ended(task.id);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
