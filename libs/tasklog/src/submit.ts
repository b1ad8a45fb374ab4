import {
  type Category,
  defaultRetry,
  messageId,
  newId,
  type Priority,
  subjects,
  type TaskDefinition,
  type TaskMessage,
  type Webhook,
} from '@slipstream/contracts';
import { type Bus, encodeHeaders, JS_ERRORS, PublishError } from '@slipstream/jetstream';
import { metrics, SpanKind, traceparentOf, withSpan } from '@slipstream/telemetry';
import type { EventLog } from './event-log.ts';

export interface Submission {
  readonly definition: TaskDefinition;
  readonly payload: unknown;
  /** Default: a new UUIDv7. The same id again is the same task. */
  readonly id?: string;
  readonly priority?: Priority;
  /** Not before this time (milliseconds since 1970). */
  readonly runAt?: number;
  readonly timeoutMs?: number;
  readonly maxAttempts?: number;
  readonly tags?: readonly string[];
  readonly parentId?: string;
  readonly idem?: string;
  readonly webhook?: Webhook;
  /** Parent of the publish span; default: the active span. */
  readonly traceparent?: string | undefined;
  /** Start a trace of its own, linked to `traceparent`. */
  readonly ownTrace?: boolean;
}

export interface Submitted {
  readonly task: TaskMessage;
  readonly category: Category;
  readonly traceparent: string | undefined;
}

/**
 * Accepts a task: resolves when the task and its `submitted` event are both stored. Rejects with a
 * `PublishError`; then nothing was accepted, or a repeat with the same id is safe.
 */
export async function submit(bus: Bus, log: EventLog, submission: Submission): Promise<Submitted> {
  const { definition, traceparent, ownTrace } = submission;
  const { category } = definition;
  const task = messageOf(submission);
  const subject = subjects.task(category, task.priority, task.id);
  return withSpan(
    `publish tasks.${category}.${task.priority}`,
    {
      kind: SpanKind.PRODUCER,
      ...(ownTrace ? { linkedTo: traceparent } : { parent: traceparent }),
      attributes: {
        'messaging.system.name': 'nats',
        'messaging.operation.name': 'publish',
        'messaging.operation.type': 'send',
        'messaging.destination.name': `tasks.${category}.${task.priority}`,
        'messaging.message.id': task.id,
        'slip.task.kind': task.kind,
      },
    },
    async (span) => {
      const parent = traceparentOf(span);
      const runAt =
        submission.runAt !== undefined && submission.runAt > Date.now()
          ? new Date(submission.runAt).toISOString()
          : undefined;
      await Promise.all([
        runAt
          ? publishScheduled(bus, category, task, runAt, parent)
          : publishTask(bus, subject, category, task, parent),
        log.append({
          type: 'submitted',
          id: task.id,
          run: task.run,
          category,
          at: task.createdAt,
          task,
          ...(parent && { traceparent: parent }),
          ...(runAt && { runAt }),
        }),
      ]);
      metrics.submitted.add(1, { category, kind: task.kind });
      return { task, category, traceparent: parent };
    },
  );
}

/** Puts a task message into its queue. A message of the same id that waits there already is success. */
export async function publishTask(
  bus: Bus,
  subject: string,
  category: Category,
  task: TaskMessage,
  traceparent: string | undefined,
): Promise<void> {
  const headers = encodeHeaders({
    'Nats-Msg-Id': messageId(task),
    'Nats-Expected-Last-Subject-Sequence': '0',
    'Nats-Expected-Last-Subject-Sequence-Subject': subjects.taskAnywhere(category, task.id),
    traceparent,
  });
  try {
    await bus.publisher.publishSurely(subject, JSON.stringify(task), headers);
  } catch (error) {
    const waits = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (!waits) throw error;
  }
}

/** Lets the server publish a task message at a time; the steward puts it into its queue (JetStream message schedules, ADR-51). */
export async function publishScheduled(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  runAt: string,
  traceparent: string | undefined,
): Promise<void> {
  const headers = encodeHeaders({
    'Nats-Schedule': `@at ${runAt}`,
    'Nats-Schedule-Target': subjects.due(category, task.id),
    traceparent,
  });
  await bus.publisher.publishSurely(
    subjects.schedule(category, task.id),
    JSON.stringify(task),
    headers,
  );
}

function messageOf(submission: Submission): TaskMessage {
  const {
    definition,
    payload,
    id,
    priority,
    timeoutMs,
    maxAttempts,
    tags,
    parentId,
    idem,
    webhook,
  } = submission;
  return {
    id: id ?? newId(),
    run: 1,
    gen: 1,
    kind: definition.kind,
    priority: priority ?? definition.priority,
    payload,
    createdAt: new Date().toISOString(),
    maxAttempts: maxAttempts ?? (definition.retry ?? defaultRetry).maxAttempts,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(tags && tags.length > 0 && { tags }),
    ...(parentId !== undefined && { parentId }),
    ...(idem !== undefined && { idem }),
    ...(webhook && { webhook }),
  };
}
