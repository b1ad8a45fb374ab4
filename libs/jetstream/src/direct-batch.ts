import { createInbox } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';
import { type StoredMessage, stored } from './direct-get.ts';

/** How long the server may be silent in the middle of a batch. */
const SILENT_MS = 5_000;
const PAGE = 1_000;

/** From which message on: by its sequence, or by the time it was stored (RFC 3339). */
export type BatchStart = { readonly seq: number } | { readonly startTime: string };

/**
 * Up to `batch` messages of a subject (wildcards allowed) in one request; empty when there is none.
 * Rejects when the server stops in the middle of it for 5 s.
 */
export function directBatch(
  bus: Bus,
  stream: string,
  subject: string,
  { batch, ...from }: BatchStart & { readonly batch: number },
): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<StoredMessage[]>();
  const inbox = createInbox();
  const timer = setTimeout(() => {
    reject(new Error(`${stream} did not answer a read of ${subject} within ${SILENT_MS} ms`));
  }, SILENT_MS);
  const subscription = bus.connection.subscribe(inbox, {
    callback(_error, message) {
      timer.refresh();
      const { code, description } = message.headers ?? {};
      if (!code) messages.push(stored(message));
      else if (code === 204 || code === 404) resolve(messages);
      else reject(new Error(`${stream}: ${code} ${description}`));
    },
  });
  const start = 'seq' in from ? { seq: from.seq } : { start_time: from.startTime };
  const body = JSON.stringify({ ...start, batch, next_by_subj: subject });
  bus.connection.publish(`$JS.API.DIRECT.GET.${stream}`, body, { reply: inbox });
  return promise.finally(() => {
    clearTimeout(timer);
    subscription.unsubscribe();
  });
}

/** Every message of a subject (wildcards allowed) that was stored since a time, ms since 1970. */
export async function* directSince(
  bus: Bus,
  stream: string,
  subject: string,
  since: number,
): AsyncGenerator<StoredMessage> {
  const startTime = new Date(since).toISOString();
  let page = await directBatch(bus, stream, subject, { startTime, batch: PAGE });
  for (;;) {
    yield* page;
    if (page.length < PAGE) return;
    const seq = (page.at(-1)?.seq ?? 0) + 1;
    page = await directBatch(bus, stream, subject, { seq, batch: PAGE });
  }
}
