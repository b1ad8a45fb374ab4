import { randomUUID } from 'node:crypto';
import type { Bus } from './connect.ts';
import { directLast, type StoredMessage } from './direct-get.ts';
import { encodeHeaders } from './headers.ts';
import { JS_ERRORS, PublishError } from './publisher.ts';

export interface LeaseOptions {
  /** What is led; one holder at a time over all processes. */
  readonly name: string;
  /** How long a holder that died keeps it. Default 5 s; renewed at a third of it. */
  readonly ttlMs?: number;
  /** Runs while the lease is held; `signal` aborts when it is lost or given up. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** Told why a step failed (no broker, say); the next one tries again. */
  readonly onError?: (error: unknown) => void;
}

/**
 * Competes for a lease in the bucket `runtime`, an entry with a time to live that only its holder
 * renews by compare-and-set. Disposing gives it up at once.
 */
export function holdLease(
  bus: Bus,
  { name, ttlMs = 5_000, lead, onError }: LeaseOptions,
): AsyncDisposable {
  const subject = subjectOf(name);
  const holder = `${bus.name}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const stop = new AbortController();
  let led: { revision: number; abort: AbortController; done: Promise<void> } | undefined;

  const write = (revision: number) =>
    bus.publisher.publish(
      subject,
      JSON.stringify({ holder, at: new Date().toISOString() }),
      encodeHeaders({
        'Nats-Expected-Last-Subject-Sequence': String(revision),
        'Nats-TTL': `${Math.ceil(ttlMs / 1_000)}s`,
      }),
    );

  async function step(): Promise<void> {
    try {
      if (led) {
        led.revision = (await write(led.revision)).seq;
        return;
      }
      const last = await directLast(bus, 'KV_runtime', subject);
      if (last && isHeld(last)) return;
      const { seq } = await write(last?.seq ?? 0);
      const abort = new AbortController();
      led = { revision: seq, abort, done: lead(abort.signal) };
    } catch (error) {
      const lost = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (lost) await giveUp();
      else onError?.(error);
    }
  }

  async function giveUp(): Promise<void> {
    const ended = led;
    led = undefined;
    ended?.abort.abort();
    await ended?.done;
  }

  const running = (async () => {
    while (!stop.signal.aborted) {
      await step();
      await pause(ttlMs / 3, stop.signal);
    }
    const revision = led?.revision;
    await giveUp();
    if (revision !== undefined && !bus.connection.isClosed()) await release(bus, subject, revision);
  })();

  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

export interface Lease {
  readonly holder: string;
  /** When it was renewed last, RFC 3339. */
  readonly at: string;
}

/** Who holds a lease; undefined: nobody does. */
export async function readLease(bus: Bus, name: string): Promise<Lease | undefined> {
  const last = await directLast(bus, 'KV_runtime', subjectOf(name));
  return last && isHeld(last)
    ? (JSON.parse(Buffer.from(last.data).toString()) as Lease)
    : undefined;
}

const subjectOf = (name: string): string => `$KV.runtime.lease.${name}`;

/** Not the marker that an end has left. */
const isHeld = (last: StoredMessage): boolean =>
  !last.header('Nats-Marker-Reason') && !last.header('KV-Operation');

/** Marks the entry as deleted, so that the next holder need not wait for its end. */
async function release(bus: Bus, subject: string, revision: number): Promise<void> {
  const headers = encodeHeaders({
    'KV-Operation': 'DEL',
    'Nats-Expected-Last-Subject-Sequence': String(revision),
  });
  // Already somebody else's, or no broker: then the time to live ends it.
  await bus.publisher.publish(subject, '', headers).catch((error: unknown) => {
    if (!(error instanceof PublishError)) throw error;
  });
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
