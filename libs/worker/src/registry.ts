import { type Bus, directLatest, encodeHeaders } from '@slipstream/jetstream';
import type { Logger } from '@slipstream/telemetry';
import type { Pool } from './run-pool.ts';

const EVERY_MS = 2_000;
const TTL_S = 8;

export interface WorkerPoolEntry {
  readonly category: string;
  readonly slots: number;
  readonly inHand: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly retried: number;
  readonly averageMs: number;
  readonly lastAt?: string;
  /** In words, why nothing moves although it should. */
  readonly stuck?: string;
}

export interface WorkerEntry {
  readonly worker: string;
  readonly service: string;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly status: 'active' | 'idle' | 'stuck' | 'draining';
  readonly pools: readonly WorkerPoolEntry[];
  /** Breakers that are not closed, and whatever else a service wants to show. */
  readonly extra?: unknown;
}

/** Shows this process in the registry until it is disposed or dies: an entry lives for 8 s. */
export function register(
  bus: Bus,
  worker: { name: string; service: string; pools: readonly Pool[]; extra?: () => unknown },
  logger: Logger,
): AsyncDisposable {
  const startedAt = new Date().toISOString();
  const subject = `$KV.runtime.worker.${worker.name}`;

  const write = (draining: boolean): Promise<unknown> => {
    const pools = worker.pools.map(({ category, slots, inHand, stats, stuck }) => ({
      category,
      slots,
      inHand,
      succeeded: stats.succeeded,
      failed: stats.failed,
      retried: stats.retried,
      averageMs: stats.averageMs,
      ...(stats.lastAt && { lastAt: stats.lastAt }),
      ...(stuck && { stuck }),
    }));
    const busy = pools.some(({ inHand }) => inHand > 0) ? 'active' : 'idle';
    const working = pools.some(({ stuck }) => stuck) ? 'stuck' : busy;
    const entry: WorkerEntry = {
      worker: worker.name,
      service: worker.service,
      startedAt,
      seenAt: new Date().toISOString(),
      status: draining ? 'draining' : working,
      pools,
      ...(worker.extra && { extra: worker.extra() }),
    };
    const headers = encodeHeaders({ 'Nats-TTL': `${draining ? 1 : TTL_S}s` });
    return bus.publisher.publish(subject, JSON.stringify(entry), headers);
  };
  const beat = (): void =>
    void write(false).catch((err: unknown) => logger.debug({ err }, 'heartbeat was not stored'));
  beat();
  const timer = setInterval(beat, EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await write(true).catch((err: unknown) => logger.debug({ err }, 'goodbye was not stored'));
    },
  };
}

/** Every process that is alive. */
export async function readWorkers(bus: Bus): Promise<readonly WorkerEntry[]> {
  const entries = await directLatest(bus, 'KV_runtime', '$KV.runtime.worker.*');
  return entries
    .filter(({ data }) => data.length > 0)
    .map(({ data }) => JSON.parse(Buffer.from(data).toString()) as WorkerEntry);
}
