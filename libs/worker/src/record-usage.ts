import type { Usage } from '@slipstream/contracts';
import { addTallies, type Bus } from '@slipstream/jetstream';
import { type Logger, metrics } from '@slipstream/telemetry';
import type { Static } from 'typebox';

/**
 * Adds what a call of a model cost to the counters of its brand and to the metrics. Nobody waits
 * for it: what cannot be stored is logged, and stands in the result of the task all the same.
 */
export function recordUsage(
  { bus, logger }: { readonly bus: Bus; readonly logger: Logger },
  brand: string | undefined,
  { model, promptTokens, completionTokens }: Static<typeof Usage>,
): void {
  metrics.modelTokens.add(promptTokens, { model, direction: 'prompt' });
  metrics.modelTokens.add(completionTokens, { model, direction: 'completion' });
  addTallies(bus, [
    { brand, measure: 'calls', what: model, count: 1 },
    { brand, measure: 'prompt', what: model, count: promptTokens },
    { brand, measure: 'completion', what: model, count: completionTokens },
  ]).catch((err: unknown) => logger.warn({ err, model }, 'the use of a model was not counted'));
}
