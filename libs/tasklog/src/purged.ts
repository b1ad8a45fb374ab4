import { type Category, subjects, type TaskMessage } from '@slipstream/contracts';
import { type Bus, directBatch, type StoredMessage } from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';
import type { Projection } from './projection/projection.ts';

export interface PurgeParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
}

/** Tasks whose end is written, and then deleted, at once. */
const CHUNK = 1_000;

/** What waits in a stream under a subject, from a sequence on. */
export async function* chunks(
  bus: Bus,
  stream: string,
  subject: string,
  fromSeq: number,
): AsyncGenerator<StoredMessage[]> {
  let seq = fromSeq;
  for (;;) {
    const chunk = await directBatch(bus, stream, subject, { seq, batch: CHUNK });
    const last = chunk.at(-1);
    if (!last) return;
    yield chunk;
    seq = last.seq + 1;
  }
}

/** Ends tasks that waited as `cancelled`, with code `purged`, and tells the workers. */
export async function writeEnds(
  { bus, log }: PurgeParts,
  category: Category,
  ended: readonly StoredMessage[],
): Promise<void> {
  const at = new Date().toISOString();
  await Promise.all(
    ended.map(({ data, subject }) =>
      log.append({
        type: 'cancelled',
        id: idOf(subject),
        run: runInMessage(data),
        category,
        at,
        code: 'purged',
        reason: 'its queue was purged',
      }),
    ),
  );
  // Should one of them be on its way to a worker after all.
  for (const { subject, data } of ended) {
    bus.connection.publish(subjects.cancel(idOf(subject)), String(runInMessage(data)));
  }
}

export const idOf = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

/** Which run of a task a message in its queue is. A body that is not a task counts as the first. */
export function runInMessage(data: Uint8Array): number {
  try {
    return (JSON.parse(Buffer.from(data).toString()) as Partial<TaskMessage>).run ?? 1;
  } catch (error) {
    if (error instanceof SyntaxError) return 1;
    throw error;
  }
}
