import type { RetryLimits } from './retry.ts';

export interface DependencyPolicy {
  /** Consecutive failures that open the breaker. */
  readonly failures: number;
  /** How long an open breaker stays open before it lets a trial through, in ms. */
  readonly openMs: number;
  /** Longest wait for one call, or for the next item of a stream, in ms. */
  readonly timeoutMs: number;
  /** Retries inside the process, before the task itself is retried. */
  readonly retry: RetryLimits;
  /** Which errors count against the dependency. Default: `isOutage`. */
  readonly isFailure?: (error: unknown) => boolean;
}

/**
 * How each kind of outside system is called: an embedding or answer model, the knowledge store, a
 * reranker, the browser that renders pages. One breaker per endpoint of a dependency follows these numbers.
 */
export const policies = {
  model: {
    failures: 5,
    openMs: 60_000,
    timeoutMs: 30_000,
    retry: { maxAttempts: 3, baseMs: 250, maxMs: 2_000 },
  },
  store: {
    failures: 3,
    openMs: 30_000,
    timeoutMs: 10_000,
    retry: { maxAttempts: 3, baseMs: 50, maxMs: 1_000 },
  },
  reranker: {
    failures: 5,
    openMs: 30_000,
    timeoutMs: 2_000,
    // A question waits for it, and an order without it is there already.
    retry: { maxAttempts: 1, baseMs: 0, maxMs: 0 },
  },
  browser: {
    failures: 5,
    openMs: 45_000,
    timeoutMs: 30_000,
    retry: { maxAttempts: 2, baseMs: 500, maxMs: 2_000 },
  },
} as const satisfies Readonly<Record<string, DependencyPolicy>>;

export type Dependency = keyof typeof policies;

/** Successful trials that close a breaker again, and calls that may be on trial at once. */
export const trialsToClose = 2;
