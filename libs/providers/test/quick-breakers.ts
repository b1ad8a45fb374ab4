import { BreakerRegistry, policies } from '@slipstream/resilience';

/**
 * Breakers of their own, by the numbers of the product, without waits between the calls of a
 * request.
 */
export function quickBreakers(openMs: number = policies.model.openMs): BreakerRegistry {
  const model = { ...policies.model, openMs, retry: { ...policies.model.retry, baseMs: 0 } };
  return new BreakerRegistry({ policies: { ...policies, model } });
}
