import { GiveBackError, RetryLaterError } from '@slipstream/contracts';
import type { Embedder } from '@slipstream/providers';
import { BreakerOpenError, breakers, isOutage } from '@slipstream/resilience';

/**
 * An embedder for tasks that can wait. A task goes back to its queue and loses no attempt when the
 * server says when to come back (429), and when its failure was the one that opened the breaker: it
 * is no worse than the tasks behind it, which an open breaker gives back.
 */
export const waitForModel = (embedder: Embedder): Embedder => ({
  ...embedder,
  async embed(texts, kind, options) {
    try {
      return await embedder.embed(texts, kind, options);
    } catch (error) {
      const delayMs = options?.signal?.aborted ? undefined : pauseOf(error);
      if (delayMs === undefined) throw error;
      throw new GiveBackError((error as Error).message, { delayMs, cause: error });
    }
  },
});

/** How long the model is to be left alone, in ms; undefined when the failure is the task's own. */
function pauseOf(error: unknown): number | undefined {
  if (error instanceof RetryLaterError && error.code === 'provider-rate-limited' && error.delayMs)
    return error.delayMs;
  if (error instanceof BreakerOpenError || !isOutage(error)) return undefined;
  const trials = breakers
    .breakerStates()
    .flatMap(({ dependency, nextTrialAt }) =>
      dependency === 'model' && nextTrialAt ? [Date.parse(nextTrialAt) - Date.now()] : [],
    );
  return trials.length > 0 ? Math.max(0, ...trials) : undefined;
}
