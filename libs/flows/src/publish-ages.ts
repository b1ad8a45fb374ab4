import { setTimeout as sleep } from 'node:timers/promises';
import { type Category, categoryNames, priorities, subjects } from '@slipstream/contracts';
import { type Ages, type Bus, consumerName, directNext, taskStream } from '@slipstream/jetstream';
import type { Logger } from '@slipstream/telemetry';

const EVERY_MS = 1_000;

/** Tells workers once a second how old the oldest waiting task of each priority is. Runs until `signal` aborts. */
export async function publishAges(
  { bus, logger }: { readonly bus: Bus; readonly logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    for (const category of categoryNames) {
      try {
        const ages = await readAges(bus, category);
        if (signal.aborted) return;
        bus.connection.publish(subjects.ages(category), JSON.stringify(ages));
      } catch (err) {
        logger.debug({ err, category }, 'ages cannot be read');
      }
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Age of the oldest task that no worker was given, by priority, ms; priorities without one are absent. */
export async function readAges(bus: Bus, category: Category, now = Date.now()): Promise<Ages> {
  const stream = taskStream(category);
  const found = await Promise.all(
    priorities.map(async (priority, index) => {
      const info = await bus.manager.consumers.info(stream, consumerName(index));
      if (info.num_pending === 0) return [];
      // From the last delivery on: a search from the beginning would walk over all other priorities.
      const from = info.delivered.stream_seq + 1;
      const head = await directNext(bus, stream, subjects.taskFilter(category, priority), from);
      return head ? [[priority, Math.max(0, now - Date.parse(head.time))] as const] : [];
    }),
  );
  return Object.fromEntries(found.flat());
}
