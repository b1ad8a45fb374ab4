import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@slipstream/jetstream';
import { readSnapshot, type Snapshot, storeSnapshot, trimLog } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

export interface SnapshotOptions {
  readonly bus: Bus;
  readonly logger: Logger;
  /** Of the projection that runs in this process. */
  readonly file: string;
  /** How old the newest snapshot may be before the next, ms. */
  readonly everyMs: number;
}

const LOOK_MS = 10_000;
/** What lies in BLOBS goes after 7 days: a snapshot of a log that stands still is stored anew. */
const AGAIN_MS = 86_400_000;

/**
 * Stores a snapshot of the projection now and then, so that a new process starts from it, and trims
 * the log to what tasks that are kept need. Runs until `signal` aborts.
 */
export async function keepSnapshots(
  { bus, logger, file, everyMs }: SnapshotOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { snapshot } = await readSnapshot(bus);
    if (await isDue(bus, snapshot, everyMs)) {
      const stored = await storeSnapshot(bus, file);
      if (stored && !signal.aborted) {
        const firstSeq = await trimLog(bus, stored);
        logger.info({ snapshot: stored.snapshot, firstSeq }, 'a snapshot was stored');
      }
    }
    const waitMs = Math.min(everyMs, LOOK_MS);
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

async function isDue(bus: Bus, newest: Snapshot | undefined, everyMs: number): Promise<boolean> {
  const { created, state } = await bus.manager.streams.info('EVENTS');
  if (newest?.stream !== created) return state.messages > 0;
  const ageMs = Date.now() - Date.parse(newest.at);
  return ageMs >= AGAIN_MS || (ageMs >= everyMs && state.last_seq > newest.seq);
}
