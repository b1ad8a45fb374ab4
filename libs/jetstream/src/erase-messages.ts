import { JetStreamApiError } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';
import { deleteMessages } from './delete-messages.ts';
import { directBatch } from './direct-batch.ts';
import type { StoredMessage } from './direct-get.ts';
import { encodeHeaders } from './headers.ts';
import { JS_ERRORS, PublishError } from './publisher.ts';

/** Messages read at once: parts of blobs have half a megabyte. */
const BATCH = 32;

/** The messages of a subject (wildcards allowed), oldest first, in steps. */
export async function* messagesOf(
  bus: Bus,
  stream: string,
  filter: string,
): AsyncGenerator<readonly StoredMessage[]> {
  let seq = 1;
  for (;;) {
    const batch = await directBatch(bus, stream, filter, { seq, batch: BATCH });
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    seq = last.seq + 1;
  }
}

/**
 * Erases messages of a subject (wildcards allowed): the server overwrites their bytes. A purge only
 * forgets where they are, and they stay on disk until their block of up to 8 MB is rewritten.
 *
 * @returns how many
 */
export async function eraseMessages(
  bus: Bus,
  stream: string,
  filter: string,
  isMeant: (message: StoredMessage) => boolean = () => true,
): Promise<number> {
  let erased = 0;
  for await (const batch of messagesOf(bus, stream, filter)) {
    const meant = batch.filter(isMeant).map(({ seq }) => seq);
    await deleteMessages(bus, stream, meant, true);
    erased += meant.length;
  }
  return erased;
}

/**
 * Erases entries of a bucket that can be made again. The server deletes no single message of a
 * bucket, and what expired or was replaced is on disk still: so the bucket is emptied, and what
 * stays is written again. What others write at that moment may get lost.
 *
 * @returns how many
 */
export async function eraseEntries(
  bus: Bus,
  bucket: string,
  isMeant: (entry: StoredMessage) => boolean,
): Promise<number> {
  const stream = `KV_${bucket}`;
  const kept: StoredMessage[] = [];
  let erased = 0;
  for await (const batch of messagesOf(bus, stream, `$KV.${bucket}.>`)) {
    for (const entry of batch) {
      if (entry.data.length === 0) continue;
      if (isMeant(entry)) erased += 1;
      else kept.push(entry);
    }
  }
  await bus.manager.streams.purge(stream);
  const isNew = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': '0' });
  for (const { subject, data } of kept) {
    await bus.publisher.publish(subject, data, isNew).catch((error: unknown) => {
      const newer = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (!newer) throw error;
    });
  }
  return erased;
}

/** Names of the subjects of a stream that fit; none when there is no such stream. */
export async function subjectsOf(bus: Bus, stream: string, filter: string): Promise<string[]> {
  try {
    const { state } = await bus.manager.streams.info(stream, { subjects_filter: filter });
    return Object.keys(state.subjects ?? {});
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === NO_STREAM) return [];
    throw error;
  }
}

const NO_STREAM = 10059;
