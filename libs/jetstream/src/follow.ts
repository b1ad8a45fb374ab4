import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, DeliverPolicy, type JsMsg, jetstream } from '@nats-io/jetstream';
import type { Bus } from './connect.ts';

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** Messages asked for at once. Default 2,000. */
  readonly batch?: number;
  /** Told when the consumer could not be opened; it is tried again until `signal` aborts. */
  readonly onError?: (error: unknown) => void;
}

const RETRY_MS = 100;

/** Every message of a stream from `fromSeq` on, in order, as long as `signal` does not abort. */
export function followStream(
  bus: Bus,
  stream: string,
  { fromSeq = 1, ...options }: FollowOptions & { readonly fromSeq?: number },
): AsyncGenerator<JsMsg> {
  let next = fromSeq;
  const open = () =>
    jetstream(bus.connection).consumers.get(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: next,
    });
  return follow(bus, open, options, (message) => {
    next = message.seq + 1;
  });
}

/** Every message that a durable consumer hands out. The caller answers each. */
export const followConsumer = (
  bus: Bus,
  stream: string,
  consumer: string,
  options: FollowOptions,
): AsyncGenerator<JsMsg> =>
  follow(bus, () => jetstream(bus.connection).consumers.get(stream, consumer), options);

/**
 * The client notices only by missed heartbeats, after half a minute, that a restarted server has
 * forgotten its request. So the consumer is opened anew whenever the connection comes back.
 */
async function* follow(
  bus: Bus,
  open: () => Promise<Consumer>,
  { signal, batch = 2_000, onError }: FollowOptions,
  seen?: (message: JsMsg) => void,
): AsyncGenerator<JsMsg> {
  while (!signal.aborted) {
    try {
      const messages = await (await open()).consume({ max_messages: batch });
      const stop = (): void => messages.stop();
      const unlisten = bus.onStatus((status) => {
        if (status === 'reconnect') stop();
      });
      signal.addEventListener('abort', stop, { once: true });
      // It may have happened while the consumer was opened.
      if (signal.aborted) stop();
      try {
        for await (const message of messages) {
          seen?.(message);
          yield message;
          if (signal.aborted) return;
        }
      } finally {
        unlisten();
        signal.removeEventListener('abort', stop);
        stop();
      }
    } catch (error) {
      if (signal.aborted) return;
      onError?.(error);
      await sleep(RETRY_MS);
    }
  }
}
