import { ProblemError } from '@slipstream/contracts';
import { type Bus, JS_ERRORS, PublishError } from '@slipstream/jetstream';

/** How long a request waits for a lost broker to come back before it is refused. */
const RECONNECT_MS = 2_000;
/** How long a request waits for answers of a broker that is connected. */
const ANSWER_MS = 5_000;
const RETRY_AFTER_S = 2;

/** JetStream's `err_code`s that tell a client something (nats-server, server/errors.json). */
const INSUFFICIENT_RESOURCES = 10_047;
const MESSAGE_TOO_LARGE = 10_054;

/** What the gateway knows of its connection, so that requests fail soon and not late. */
export interface Broker {
  readonly connected: boolean;
  /**
   * Runs something that needs the broker. Rejects with `broker-unavailable` when it is away for
   * 2 s (then `run` was not called) or does not answer within `limitMs`, 5 s by default (then it may
   * still happen).
   */
  call<T>(run: () => Promise<T>, limitMs?: number): Promise<T>;
}

export function watchBroker(bus: Bus): Broker {
  let connected = true;
  bus.onStatus((status) => {
    connected = status === 'reconnect';
  });

  async function untilConnected(): Promise<void> {
    if (connected) return;
    const back = Promise.withResolvers<void>();
    const leave = bus.onStatus((status) => {
      if (status === 'reconnect') back.resolve();
    });
    await within(RECONNECT_MS, back.promise, () =>
      unavailable('NATS is not connected; nothing was accepted.'),
    ).finally(leave);
  }

  return {
    get connected() {
      return connected;
    },
    async call(run, limitMs = ANSWER_MS) {
      await untilConnected();
      return within(limitMs, run(), () => unavailable(`NATS did not answer within ${limitMs} ms.`));
    },
  };
}

/** Settles as `promise` does, or rejects after `ms`. A late rejection of `promise` is of no interest then. */
export async function within<T>(ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}

const unavailable = (detail: string, cause?: unknown): ProblemError =>
  new ProblemError('broker-unavailable', detail, { retryAfterS: RETRY_AFTER_S, cause });

/** What the errors of NATS mean to a client of the API. */
export function translateBrokerError(error: unknown): ProblemError | undefined {
  if (error instanceof PublishError) {
    if (error.unanswered) return unavailable(`NATS did not answer: ${error.message}.`, error);
    if (error.code === JS_ERRORS.maxMessages || error.code === INSUFFICIENT_RESOURCES) {
      const detail = `Nothing more is taken for now: ${error.message}.`;
      return new ProblemError('queue-full', detail, { retryAfterS: 30, cause: error });
    }
    if (error.code === MESSAGE_TOO_LARGE) {
      const detail = 'With its envelope the task is larger than 1 MiB.';
      return new ProblemError('payload-too-large', detail, { cause: error });
    }
    return undefined;
  }
  if (error instanceof Error && isConnectionError(error)) {
    return unavailable(`NATS did not answer: ${error.message}.`, error);
  }
  return undefined;
}

/** The client's errors for a broker that is away, does not answer, or has no JetStream (yet). */
const isConnectionError = ({ name }: Error): boolean =>
  /^(Timeout|NoResponders|ClosedConnection|DrainingConnection|Request|Connection)Error$/.test(name);
