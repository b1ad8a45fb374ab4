import { setTimeout as sleep } from 'node:timers/promises';
import { createInbox, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';

export interface PubAck {
  readonly seq: number;
  /** The server had a message with this `Nats-Msg-Id`. */
  readonly duplicate: boolean;
}

/** A publish that the server refused or did not answer. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  /** JetStream's `err_code`, or 503 (no responders), or 0 (no answer). */
  readonly code: number;

  constructor(message: string, code: number) {
    super(message);
    this.code = code;
  }

  /** Nobody answered: the message may or may not be stored, and a repeat with the same id is safe. */
  get unanswered(): boolean {
    return this.code === 0 || this.code === 503;
  }
}

export const JS_ERRORS = {
  /** `Nats-Expected-Last-Subject-Sequence` did not hold. */
  wrongLastSequence: 10071,
  /** The stream is full and discards new messages. */
  maxMessages: 10077,
} as const;

export interface Publisher {
  /** One attempt; rejects with `PublishError` after `timeoutMs` (5 s) without an answer. */
  publish(subject: string, data: string | Uint8Array, headers?: MsgHdrs): Promise<PubAck>;
  /**
   * Repeats an unanswered publish for `patienceMs` (15 s), with the headers `again` (default: the
   * same). The first may be stored all the same, so a repeat needs a `Nats-Msg-Id`, an expected
   * sequence, or readers that merge.
   */
  publishSurely(
    subject: string,
    data: string | Uint8Array,
    headers?: MsgHdrs,
    options?: { readonly patienceMs?: number; readonly again?: MsgHdrs },
  ): Promise<PubAck>;
  /** While the connection is away publishes are refused at once: the client would drop them without a word. */
  setConnected(connected: boolean): void;
  close(): void;
}

interface Pending {
  readonly resolve: (ack: PubAck) => void;
  readonly reject: (error: PublishError) => void;
  readonly subject: string;
  readonly since: number;
}

/**
 * Acknowledged publishing over one wildcard inbox and one coarse timer: about four times the
 * throughput of a request per message.
 */
export function createPublisher(connection: NatsConnection, timeoutMs = 5_000): Publisher {
  const inbox = createInbox();
  const pending = new Map<number, Pending>();
  let counter = 0;
  let connected = true;

  const subscription = connection.subscribe(`${inbox}.*`, {
    callback(_error, message) {
      const key = Number(message.subject.slice(inbox.length + 1));
      const waiting = pending.get(key);
      if (!waiting) return;
      pending.delete(key);
      if (message.data.length === 0) {
        waiting.reject(new PublishError(`no stream takes ${waiting.subject}`, 503));
      } else answer(waiting, message.string());
    },
  });

  const timer = setInterval(() => {
    const limit = performance.now() - timeoutMs;
    for (const [key, waiting] of pending) {
      if (waiting.since >= limit) break;
      pending.delete(key);
      waiting.reject(new PublishError(`no answer within ${timeoutMs} ms`, 0));
    }
  }, 250);
  timer.unref();

  const publish: Publisher['publish'] = (subject, data, headers) =>
    new Promise((resolve, reject) => {
      if (!connected) {
        reject(new PublishError('the connection is away', 0));
        return;
      }
      const key = counter++;
      pending.set(key, { resolve, reject, subject, since: performance.now() });
      try {
        connection.publish(subject, data, {
          reply: `${inbox}.${key}`,
          ...(headers && { headers }),
        });
      } catch (error) {
        pending.delete(key);
        reject(new PublishError(error instanceof Error ? error.message : String(error), 0));
      }
    });

  const failPending = (): void => {
    for (const waiting of pending.values()) {
      waiting.reject(new PublishError('the connection was lost', 0));
    }
    pending.clear();
  };

  return {
    publish,
    setConnected(now) {
      connected = now;
      failPending();
    },
    async publishSurely(subject, data, headers, { patienceMs = 15_000, again = headers } = {}) {
      const deadline = performance.now() + patienceMs;
      for (let sent = headers; ; sent = again) {
        try {
          return await publish(subject, data, sent);
        } catch (error) {
          const again = error instanceof PublishError && error.unanswered;
          if (!again || performance.now() > deadline || connection.isClosed()) throw error;
          await sleep(connected ? 200 : 50);
        }
      }
    },
    close() {
      clearInterval(timer);
      subscription.unsubscribe();
      failPending();
    },
  };
}

/** `{"stream":"TASKS_RAG","seq":7}` and now and then `"duplicate":true`, or an error. */
function answer({ resolve, reject }: Pending, text: string): void {
  const at = text.indexOf('"seq":');
  if (at > 0 && !text.includes('"error"')) {
    const seq = Number.parseInt(text.slice(at + 6), 10);
    resolve({ seq, duplicate: text.includes('"duplicate":') });
    return;
  }
  const { error } = JSON.parse(text) as { error: { description: string; err_code: number } };
  reject(new PublishError(error.description, error.err_code));
}
