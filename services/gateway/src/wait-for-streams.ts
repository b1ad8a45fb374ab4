import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@slipstream/jetstream';
import type { Logger } from '@slipstream/telemetry';

const PATIENCE_MS = 60_000;
const AGAIN_MS = 500;

/** The provisioner may still be at work. Throws when the streams are not there after a minute. */
export async function waitForStreams(
  bus: Bus,
  logger: Logger,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      await bus.manager.streams.info('EVENTS');
      return;
    } catch (error) {
      if (performance.now() > deadline) {
        throw new Error('the stream EVENTS is missing: run the provisioner', { cause: error });
      }
      if (attempt === 1) logger.info({ reason: String(error) }, 'waiting for the provisioner');
      await sleep(AGAIN_MS);
    }
  }
}
