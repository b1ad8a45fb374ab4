export {
  type BackoffOptions,
  backoffDelay,
  type FullJitterOptions,
  fullJitterDelay,
} from './backoff.ts';
export { Breaker, type BreakerOptions, type BreakerState, type CallOptions } from './breaker.ts';
export { BreakerRegistry, type BreakerRegistryOptions, breakers } from './breaker-registry.ts';
export { type DeadlineOptions, withDeadline } from './deadline.ts';
export { BreakerOpenError, DeadlineError, isOutage } from './errors.ts';
export { type Dependency, type DependencyPolicy, policies, trialsToClose } from './policies.ts';
export { type RetryLimits, type RetryOptions, streamWithRetry, withRetry } from './retry.ts';
export { retryAfterMs } from './retry-after.ts';
