import { setTimeout as sleep } from 'node:timers/promises';
import { categoryNames } from '@slipstream/contracts';
import { createLostSearch } from './reconciler-lost.ts';
import type { SearchOptions } from './reconciler-search.ts';
import { createUnloggedSearch } from './reconciler-unlogged.ts';

export interface ReconcilerOptions extends SearchOptions {
  /** How long nothing must have been heard of a task before it is looked for, ms. Default 60 s. */
  readonly quietMs?: number;
}

/**
 * Closes the gaps that a crash can leave between two streams: a task that the log knows and no
 * stream holds is published again, and a task in a queue that the log does not know gets its
 * `submitted` event. May be killed at any instant, and two at once do no harm. Runs until `signal`
 * aborts.
 */
export async function reconcile(options: ReconcilerOptions, signal: AbortSignal): Promise<void> {
  const { quietMs = 60_000, logger } = options;
  const searches = [createLostSearch(options), createUnloggedSearch(options)];
  while (!signal.aborted) {
    const before = Date.now() - quietMs;
    for (const search of searches) {
      for (const category of categoryNames) {
        if (signal.aborted) return;
        await search(category, before).catch((err: unknown) =>
          logger.warn({ err, category }, 'tasks cannot be looked for, the next pass tries again'),
        );
      }
    }
    await sleep(quietMs / 6, undefined, { signal }).catch(() => undefined);
  }
}
