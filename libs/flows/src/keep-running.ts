import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@slipstream/telemetry';

const PAUSE_MS = 1_000;

/** Runs a leader until `signal` aborts: one that fails starts afresh from the log after a second. */
export async function keepRunning(
  name: string,
  run: (signal: AbortSignal) => Promise<void>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  logger.info({ leader: name }, 'leading');
  while (!signal.aborted) {
    try {
      await run(signal);
    } catch (err) {
      if (!signal.aborted) logger.error({ err, leader: name }, 'leader failed and starts again');
    }
    if (!signal.aborted) await sleep(PAUSE_MS);
  }
}
