import { JetStreamApiError } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';

/** Deletions on their way at once. */
const AT_ONCE = 64;

/** JetStream's codes for a message that is not there (any more). */
const GONE: readonly number[] = [10037, 10043, 10057];

/**
 * Deletes messages by their sequences. One that is gone already is no error.
 *
 * @param erase overwrites their bytes on disk too, which takes the server longer
 */
export async function deleteMessages(
  bus: Bus,
  stream: string,
  seqs: readonly number[],
  erase = false,
): Promise<void> {
  for (let from = 0; from < seqs.length; from += AT_ONCE) {
    await Promise.all(
      seqs.slice(from, from + AT_ONCE).map((seq) =>
        bus.manager.streams.deleteMessage(stream, seq, erase).catch((error: unknown) => {
          if (!(error instanceof JetStreamApiError) || !GONE.includes(error.code)) throw error;
        }),
      ),
    );
  }
}
