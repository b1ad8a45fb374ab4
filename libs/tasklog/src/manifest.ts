import {
  type BlobRef,
  batchIds,
  brandToken,
  type Priority,
  subjects,
  type TaskTable,
} from '@slipstream/contracts';
import {
  type Bus,
  directLast,
  encodeHeaders,
  eraseBlob,
  getBlob,
  putBlob,
} from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';
import type { Submission } from './submit.ts';
import { type SubmitOnceOptions, submitOnce } from './submit-once.ts';

/** A task of a batch: a submission that names its kind. Its id follows from the batch and its place. */
export interface BatchTask extends Pick<Submission, BatchField> {
  readonly kind: string;
  readonly priority?: Priority;
}

type BatchField =
  | 'payload'
  | 'runAt'
  | 'timeoutMs'
  | 'queueTimeoutMs'
  | 'maxAttempts'
  | 'tags'
  | 'idem'
  | 'webhook';

/** The message on `batch.<id>`. Storing it is the acceptance of the batch. */
export interface Manifest {
  readonly id: string;
  readonly count: number;
  /** The tasks, a JSON array. */
  readonly ref: BlobRef;
  readonly traceparent?: string;
}

/** Whoever accepted a batch has this long to put its tasks into their queues before the expander does. */
export const EXPANDER_GRACE_MS = 3_000;

/** Above this many tasks each starts a trace of its own, linked to the batch's. */
const ONE_TRACE_UP_TO = 1_000;

/**
 * Accepts a batch: all of its tasks, or none. Resolves with its manifest, and whether this call
 * stored it; it had been stored before when a request is repeated.
 */
export async function storeManifest(
  bus: Bus,
  id: string,
  tasks: readonly BatchTask[],
  traceparent?: string,
): Promise<{ manifest: Manifest; fresh: boolean }> {
  const ref = await putBlob(bus, brandToken('*'), Buffer.from(JSON.stringify(tasks)));
  const manifest: Manifest = {
    id,
    count: tasks.length,
    ref,
    ...(traceparent && { traceparent }),
  };
  const headers = encodeHeaders({ 'Nats-Msg-Id': id });
  const body = JSON.stringify(manifest);
  const { duplicate } = await bus.publisher.publishSurely(subjects.batch(id), body, headers);
  return { manifest, fresh: !duplicate };
}

/** Whether the batch was accepted, and not all of its tasks are in their queues yet. */
export const isStored = async (bus: Bus, id: string): Promise<boolean> =>
  (await directLast(bus, 'BATCHES', subjects.batch(id))) !== undefined;

/**
 * Puts the tasks of a batch into their queues and forgets the batch. May be repeated from the start
 * after a crash at any point, and run twice at once. False when somebody else was faster.
 */
export async function expandManifest(
  bus: Bus,
  log: EventLog,
  table: TaskTable,
  manifest: Manifest,
  options: SubmitOnceOptions = {},
): Promise<boolean> {
  const { id, count, ref, traceparent } = manifest;
  const bytes = await getBlob(bus, ref);
  if (!bytes) {
    if (!(await isStored(bus, id))) return false;
    throw new Error(
      `the ${count} tasks of batch ${id} are past their retention: submit them again`,
    );
  }
  const tasks = JSON.parse(Buffer.from(bytes).toString()) as readonly BatchTask[];
  const ids = batchIds(id, count);
  const submissions = tasks.map(({ kind, ...task }, place) => {
    const definition = table[kind];
    if (!definition) throw new Error(`batch ${id} names the unknown kind '${kind}'`);
    const ownTrace = count > ONE_TRACE_UP_TO;
    return { ...task, definition, id: ids[place] ?? '', traceparent, ownTrace };
  });
  await submitOnce(bus, log, submissions, options);
  await forgetManifest(bus, manifest);
  return true;
}

/** First the manifest: what is left after a crash in between ends with its retention. */
async function forgetManifest(bus: Bus, { id, ref }: Manifest): Promise<void> {
  await bus.manager.streams.purge('BATCHES', { filter: subjects.batch(id) });
  // Erased and not purged: it may hold questions, of several brands.
  await eraseBlob(bus, ref);
}
