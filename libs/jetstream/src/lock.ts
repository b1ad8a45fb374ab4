import type { Bus } from './connect.ts';
import { directLast } from './direct-get.ts';
import { encodeHeaders } from './headers.ts';
import { JS_ERRORS, PublishError } from './publisher.ts';

/**
 * Takes a lock that one process at a time has, or resolves with undefined when another one has it.
 * Disposing gives it back; after `ttlMs` (at least 1,000) the server does, so hold it for less.
 */
export async function takeLock(
  bus: Bus,
  name: string,
  ttlMs = 5_000,
): Promise<AsyncDisposable | undefined> {
  const subject = `$KV.runtime.lock.${name}`;
  const last = await directLast(bus, 'KV_runtime', subject);
  // An entry without a body marks that the lock was given back, or that its time was over.
  if (last && last.data.length > 0) return undefined;
  const headers = (revision: number) => ({
    'Nats-Expected-Last-Subject-Sequence': String(revision),
  });
  try {
    const { seq } = await bus.publisher.publish(
      subject,
      JSON.stringify({ holder: bus.name, at: new Date().toISOString() }),
      encodeHeaders({ ...headers(last?.seq ?? 0), 'Nats-TTL': `${Math.ceil(ttlMs / 1_000)}s` }),
    );
    return {
      async [Symbol.asyncDispose]() {
        const mark = encodeHeaders({ ...headers(seq), 'KV-Operation': 'DEL' });
        // Out of time and somebody else's, or no broker: then the time to live ends it.
        await bus.publisher.publish(subject, '', mark).catch((error: unknown) => {
          if (!(error instanceof PublishError)) throw error;
        });
      },
    };
  } catch (error) {
    const taken = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (taken) return undefined;
    throw error;
  }
}
