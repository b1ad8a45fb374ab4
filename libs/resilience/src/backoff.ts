export interface BackoffOptions {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Wait after attempt 1, 2, ...; the last one repeats. None at all means no wait. In ms. */
  readonly delaysMs: readonly number[];
  /** Share of the delay by which it may be shorter or longer. Default: 0.2. */
  readonly jitter?: number;
  /** 0 to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** Wait before the next attempt of a task, in whole ms: the delay of its kind, +-20 %. */
export function backoffDelay(options: BackoffOptions): number {
  const { attempt, delaysMs, jitter = 0.2, random = Math.random } = options;
  const delayMs = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 0;
  return Math.round(delayMs * (1 + jitter * (2 * random() - 1)));
}

export interface FullJitterOptions {
  /** The attempt that failed, from 1. */
  readonly attempt: number;
  /** Ceiling of the wait after the first attempt; it doubles with each further one. */
  readonly baseMs: number;
  readonly maxMs: number;
  readonly random?: () => number;
}

/**
 * Wait before the next call of a dependency, in whole ms: anything from nothing to a ceiling that
 * doubles.
 *
 * Full jitter, as in AWS Architecture Blog, "Exponential Backoff And Jitter" (2015): after an
 * outage the whole backlog comes back at once, and with equal jitter half of it stays in step.
 */
export function fullJitterDelay(options: FullJitterOptions): number {
  const { attempt, baseMs, maxMs, random = Math.random } = options;
  return Math.round(random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1)));
}
