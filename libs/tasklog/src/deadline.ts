import { type Category, nowText, subjects, type TaskMessage } from '@slipstream/contracts';
import { type Bus, encodeHeaders } from '@slipstream/jetstream';
import { purgePlaces } from './cancel.ts';
import type { EventLog } from './event-log.ts';
import type { Projection } from './projection/projection.ts';
import { isParked, type TaskRow } from './projection/task-row.ts';

/** What the server publishes at the time by which a task was to have started. */
export interface DeadlineMessage {
  readonly deadline: { readonly id: string; readonly run: number };
}

export const isDeadline = (body: object): body is DeadlineMessage => 'deadline' in body;

/** The code of a task that waited longer than it was to. */
export const QUEUE_TIMEOUT = 'queue-timeout';

/** Has the server tell the steward when the time has come by which the task is to have started. */
export async function publishDeadline(
  bus: Bus,
  category: Category,
  { id, run, startBy = '' }: TaskMessage,
): Promise<void> {
  const name = `${id}-deadline`;
  const body: DeadlineMessage = { deadline: { id, run } };
  const headers = encodeHeaders({
    'Nats-Schedule': `@at ${startBy}`,
    'Nats-Schedule-Target': subjects.due(category, name),
  });
  await bus.publisher.publishSurely(
    subjects.schedule(category, name),
    JSON.stringify(body),
    headers,
  );
}

/** Ends a task as failed that nobody has started, wherever it waits. One that has begun goes on. */
export async function failUnstarted(
  {
    bus,
    log,
    projection,
  }: { readonly bus: Bus; readonly log: EventLog; readonly projection: Projection },
  category: Category,
  { id, run }: DeadlineMessage['deadline'],
): Promise<void> {
  await projection.barrier();
  const row = await projection.task(id);
  if (!row || row.run !== run || !hasWaited(row)) return;
  const at = nowText();
  await log.append({
    type: 'failed',
    id,
    run,
    category,
    at,
    kind: row.kind,
    attempt: row.attempt,
    startedAt: at,
    worker: '',
    error: { code: QUEUE_TIMEOUT, message: lateMessage },
  });
  // A worker that was given it a moment ago lets go.
  bus.connection.publish(subjects.cancel(id), String(run));
  await purgePlaces(bus, category, id);
}

export const lateMessage = 'it was not started within its queueTimeoutMs';

const hasWaited = (row: TaskRow): boolean =>
  row.attempt === 0 && (row.state === 'queued' || row.state === 'scheduled' || isParked(row));
