import { createInbox } from '@nats-io/transport-node';
import type { Bus } from './connect.ts';
import { type StoredMessage, stored } from './direct-get.ts';

/** How long the server may be silent in the middle of a batch. */
const SILENT_MS = 5_000;

/**
 * Up to `batch` messages of a subject (wildcards allowed) from `seq` on, in one request; empty when
 * there is none. Rejects when the server stops in the middle of it for 5 s.
 */
export function directBatch(
  bus: Bus,
  stream: string,
  subject: string,
  { seq, batch }: { seq: number; batch: number },
): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<StoredMessage[]>();
  const inbox = createInbox();
  const timer = setTimeout(() => {
    reject(new Error(`${stream} did not answer a read from ${seq} on within ${SILENT_MS} ms`));
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
  const body = JSON.stringify({ seq, batch, next_by_subj: subject });
  bus.connection.publish(`$JS.API.DIRECT.GET.${stream}`, body, { reply: inbox });
  return promise.finally(() => {
    clearTimeout(timer);
    subscription.unsubscribe();
  });
}
