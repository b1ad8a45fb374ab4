import {
  type Category,
  claimOf,
  defaultRetry,
  type EventOf,
  messageId,
  newId,
  nowText,
  type Priority,
  subjects,
  type TaskDefinition,
  type TaskMessage,
  type Webhook,
} from '@slipstream/contracts';
import { type Bus, encodeHeaders, JS_ERRORS, PublishError } from '@slipstream/jetstream';
import {
  metrics,
  SpanKind,
  type SpanOptions,
  traceparentOf,
  withSpan,
} from '@slipstream/telemetry';
import { publishDeadline } from './deadline.ts';
import type { EventLog } from './event-log.ts';
import { keptPayload } from './keep-payload.ts';
import { publishLane } from './lanes.ts';

export interface Submission {
  readonly definition: TaskDefinition;
  readonly payload: unknown;
  /** Default: a new UUIDv7. The same id again is the same task. */
  readonly id?: string;
  readonly priority?: Priority;
  /** Not before this time (milliseconds since 1970). */
  readonly runAt?: number;
  readonly timeoutMs?: number;
  /** Longest wait for its first attempt, from when it may run; then it fails. */
  readonly queueTimeoutMs?: number;
  readonly maxAttempts?: number;
  readonly tags?: readonly string[];
  readonly parentId?: string;
  /** Its key for limits, where the payload of its kind names none. */
  readonly concurrencyKey?: string;
  /** Whose task it is: tenants share a pool by their weights. */
  readonly tenant?: string;
  readonly idem?: string;
  readonly webhook?: Webhook;
  /** Parent of the publish span; default: the active span. */
  readonly traceparent?: string | undefined;
  /** Start a trace of its own, linked to `traceparent`. */
  readonly ownTrace?: boolean;
  /** Although the id was given, nobody can have published the task: workers need not ask the log. */
  readonly unseen?: boolean;
  /** Wait for the `submitted` event too: whoever asks a projection afterwards finds the task. */
  readonly logged?: boolean;
}

/** On a message that may not be the first of its task: ask the log before running it. */
export const CHECK_HEADER = 'Slip-Check';

/** What the log is told of it. */
export type Submitted = EventOf<'submitted'>;

/**
 * Accepts a task: resolves when the task is stored; its `submitted` event follows within
 * milliseconds, or is stored too when `logged` is set. Rejects with a `PublishError`; then nothing
 * was accepted, or a repeat with the same id is safe.
 */
export const submit = (bus: Bus, log: EventLog, submission: Submission): Promise<Submitted> =>
  withSpan(
    `publish tasks.${submission.definition.category}.${priorityOf(submission)}`,
    spanOf(submission),
    async (span) => {
      const event = await accept(bus, log, submission, traceparentOf(span));
      countSubmitted(submission.definition);
      return event;
    },
  );

/**
 * Accepts many tasks, each by itself, under one span: resolves when all are stored. Rejects with the
 * first failure; those that were stored before it run.
 */
export async function submitMany(
  bus: Bus,
  log: EventLog,
  submissions: readonly Submission[],
): Promise<Submitted[]> {
  const [first] = submissions;
  if (!first) return [];
  const stored = new Map<TaskDefinition, number>();
  const one = async (submission: Submission, parent: string | undefined): Promise<Submitted> => {
    const event = await accept(bus, log, submission, parent);
    const { definition } = submission;
    stored.set(definition, (stored.get(definition) ?? 0) + 1);
    return event;
  };
  return withSpan('publish tasks', spanOf(first), async (span) => {
    const parent = traceparentOf(span);
    try {
      return await Promise.all(submissions.map((submission) => one(submission, parent)));
    } finally {
      for (const [definition, count] of stored) countSubmitted(definition, count);
    }
  });
}

const countSubmitted = ({ category, kind }: TaskDefinition, count = 1): void =>
  metrics.submitted.add(count, { category, kind });

/** A text that is needed later than this stays in the message: blobs are kept for 3.5 days at least. */
const KEPT_MS = 3 * 86_400_000;

async function accept(
  bus: Bus,
  log: EventLog,
  submission: Submission,
  traceparent: string | undefined,
): Promise<Submitted> {
  const { definition, runAt, logged } = submission;
  const { category } = definition;
  // What holds no texts does not wait, not even for a promise.
  const task = messageOf(
    definition.payloadHoldsText && (runAt ?? 0) < Date.now() + KEPT_MS
      ? { ...submission, payload: await keptPayload(bus, definition, submission.payload) }
      : submission,
  );
  // First: one that fires for a task that is not there changes nothing.
  if (task.startBy !== undefined) await publishDeadline(bus, category, task);
  const due = runAt !== undefined && runAt > Date.now() ? new Date(runAt).toISOString() : undefined;
  const fresh = submission.id === undefined && task.tenant === undefined;
  const stored = due
    ? publishScheduled(bus, category, task, due, traceparent)
    : fresh
      ? publishFresh(bus, category, task, traceparent)
      : enqueue(bus, definition, task, traceparent, !submission.unseen);
  const event = {
    type: 'submitted',
    id: task.id,
    run: task.run,
    category,
    at: task.createdAt,
    task,
    ...(traceparent && { traceparent }),
    ...(due && { runAt: due }),
  } as const satisfies Submitted;
  if (logged) await Promise.all([stored, log.append(event)]);
  else {
    await stored;
    log.appendSoon(event);
  }
  return event;
}

const priorityOf = ({ priority, definition }: Submission): Priority =>
  priority ?? definition.priority;

function spanOf(submission: Submission): SpanOptions {
  const { definition, id, traceparent, ownTrace } = submission;
  return {
    kind: SpanKind.PRODUCER,
    ...(ownTrace ? { linkedTo: traceparent } : { parent: traceparent }),
    attributes: {
      'messaging.system.name': 'nats',
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.destination.name': `tasks.${definition.category}.${priorityOf(submission)}`,
      ...(id && { 'messaging.message.id': id }),
      'slip.task.kind': definition.kind,
    },
  };
}

/**
 * Headers of a publication that may not be the first of its task: the server refuses it while
 * the task is in its stream, and with `check` a worker that gets it asks the log before it runs.
 */
const repeated = (
  category: Category,
  task: TaskMessage,
  traceparent: string | undefined,
  check: boolean,
) =>
  encodeHeaders({
    'Nats-Msg-Id': messageId(task),
    'Nats-Expected-Last-Subject-Sequence': '0',
    'Nats-Expected-Last-Subject-Sequence-Subject': subjects.taskAnywhere(category, task.id),
    [CHECK_HEADER]: check ? '1' : undefined,
    traceparent,
  });

/**
 * Publishes a task whose id was made a moment ago: there can be no other, so it goes without the
 * headers that cost the server a look-up and an entry in its table of duplicates.
 */
async function publishFresh(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  traceparent: string | undefined,
): Promise<void> {
  const subject = subjects.task(category, task.priority, task.id);
  const headers = traceparent ? encodeHeaders({ traceparent }) : undefined;
  try {
    await bus.publisher.publish(subject, JSON.stringify(task), headers);
  } catch (error) {
    if (!(error instanceof PublishError) || !error.unanswered) throw error;
    await publishTask(bus, category, task, traceparent);
  }
}

/** Puts a task into the place where it waits: its queue, or the lane of its tenant. */
export function enqueue(
  bus: Bus,
  definition: TaskDefinition,
  task: TaskMessage,
  traceparent: string | undefined,
  check = true,
): Promise<void> {
  const { category } = definition;
  const claim = task.tenant === undefined ? undefined : claimOf(definition, task);
  if (claim) return publishLane(bus, category, task, claim, traceparent);
  return publishTask(bus, category, task, traceparent, check);
}

/** Puts a task message into its queue. A message of the same id that waits there already is success. */
export async function publishTask(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  traceparent: string | undefined,
  check = true,
): Promise<void> {
  const subject = subjects.task(category, task.priority, task.id);
  const headers = repeated(category, task, traceparent, check);
  try {
    await bus.publisher.publishSurely(subject, JSON.stringify(task), headers);
  } catch (error) {
    const waits = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (!waits) throw error;
  }
}

/** A server's schedule fires up to 258 ms late (measured, 2.15.1): it is set this much early, and the steward waits for the rest. */
const EARLY_MS = 300;

/** Header of a due message: not before this time, RFC 3339. */
export const RUN_AT_HEADER = 'Slip-Run-At';

/** Lets the server publish a task message at a time; the steward puts it into its queue (JetStream message schedules, ADR-51). */
export async function publishScheduled(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  runAt: string,
  traceparent: string | undefined,
): Promise<void> {
  const due = subjects.due(category, task.id);
  const atMs = Date.parse(runAt) - EARLY_MS;
  const body = JSON.stringify(task);
  const own = { [RUN_AT_HEADER]: runAt, traceparent };
  // The server takes a quarter of a second for any schedule; less than that is the steward's alone.
  if (atMs - Date.now() < EARLY_MS) {
    await bus.publisher.publishSurely(due, body, encodeHeaders(own));
    return;
  }
  const headers = encodeHeaders({
    'Nats-Schedule': `@at ${new Date(atMs).toISOString()}`,
    'Nats-Schedule-Target': due,
    ...own,
  });
  await bus.publisher.publishSurely(subjects.schedule(category, task.id), body, headers);
}

function messageOf(submission: Submission): TaskMessage {
  const { definition, payload, id, priority, timeoutMs, maxAttempts, tags, parentId } = submission;
  const { concurrencyKey, tenant, idem, webhook, queueTimeoutMs, runAt = 0 } = submission;
  return {
    id: id ?? newId(),
    run: 1,
    gen: 1,
    kind: definition.kind,
    priority: priority ?? definition.priority,
    payload,
    createdAt: nowText(),
    maxAttempts: maxAttempts ?? (definition.retry ?? defaultRetry).maxAttempts,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(queueTimeoutMs !== undefined && {
      startBy: new Date(Math.max(runAt, Date.now()) + queueTimeoutMs).toISOString(),
    }),
    ...(tags && tags.length > 0 && { tags }),
    ...(parentId !== undefined && { parentId }),
    ...(concurrencyKey !== undefined && { concurrencyKey }),
    ...(tenant !== undefined && tenant !== '' && { tenant }),
    ...(idem !== undefined && { idem }),
    ...(webhook && { webhook }),
  };
}
