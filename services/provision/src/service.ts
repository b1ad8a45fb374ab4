import { connect, provision } from '@slipstream/jetstream';
import type { Config } from './config.ts';

const PATIENCE_MS = 30_000;

/**
 * Creates what is missing and updates what differs; says what there is now. Rejects when
 * nats-server does not answer for `patienceMs`.
 */
export async function runProvision(config: Config, patienceMs = PATIENCE_MS): Promise<string> {
  const url = config.SLIPSTREAM_NATS_URL;
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${url} does not answer; is nats-server running?`)),
    patienceMs,
  );
  try {
    await using bus = await Promise.race([connect({ url, name: 'provision' }), late.promise]);
    const made = await provision(bus, {
      replicas: config.SLIPSTREAM_REPLICAS,
      maxQueued: config.SLIPSTREAM_MAX_QUEUED,
      maxWorkers: config.SLIPSTREAM_MAX_WORKERS,
    });
    return `${made.streams} streams, ${made.consumers} consumers, ${made.buckets} buckets`;
  } finally {
    clearTimeout(timer);
  }
}
