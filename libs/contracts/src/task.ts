import { type Static, Type } from 'typebox';
import { categoryNames } from './category.ts';
import { priorities } from './priority.ts';

export const taskStates = [
  'scheduled',
  'queued',
  'running',
  'waiting',
  'retrying',
  'succeeded',
  'failed',
  'cancelled',
] as const;
export type TaskState = (typeof taskStates)[number];

export const finalStates: ReadonlySet<TaskState> = new Set(['succeeded', 'failed', 'cancelled']);

const Time = Type.String({ format: 'date-time' });

export const TaskSchema = Type.Object(
  {
    id: Type.String({ description: 'UUIDv7' }),
    run: Type.Integer({ description: 'Raised by each retry that a user asks for' }),
    kind: Type.String(),
    category: Type.Enum([...categoryNames]),
    priority: Type.Enum([...priorities]),
    state: Type.Enum([...taskStates]),
    attempt: Type.Integer({ description: 'Runs so far; crashes and give-backs do not count' }),
    maxAttempts: Type.Integer(),
    payload: Type.Optional(Type.Unknown()),
    progress: Type.Optional(
      Type.Object({
        done: Type.Integer(),
        total: Type.Optional(Type.Integer()),
        message: Type.Optional(Type.String()),
      }),
    ),
    children: Type.Optional(
      Type.Object({
        total: Type.Integer(),
        succeeded: Type.Integer(),
        failed: Type.Integer(),
        cancelled: Type.Integer(),
        skipped: Type.Optional(
          Type.Integer({ description: 'Never ran: one that they wait for did not succeed' }),
        ),
      }),
    ),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        attempts: Type.Array(
          Type.Object({
            attempt: Type.Integer(),
            at: Time,
            worker: Type.String(),
            code: Type.String(),
            message: Type.String(),
          }),
        ),
      }),
    ),
    tags: Type.Array(Type.String()),
    createdAt: Time,
    startedAt: Type.Optional(Time),
    finishedAt: Type.Optional(Time),
    runAt: Type.Optional(Time),
    worker: Type.Optional(Type.String()),
    traceId: Type.Optional(Type.String()),
    parentId: Type.Optional(Type.String()),
    timings: Type.Optional(
      Type.Object({
        waitMs: Type.Optional(Type.Number()),
        runMs: Type.Optional(Type.Number()),
      }),
    ),
  },
  { $id: 'Task' },
);

export type Task = Static<typeof TaskSchema>;
