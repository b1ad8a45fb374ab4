import { setTimeout as timer } from 'node:timers/promises';
import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { fullJitterDelay } from './backoff.ts';
import { BreakerOpenError, DeadlineError } from './errors.ts';

export interface RetryLimits {
  /** Calls altogether, the first one included. */
  readonly maxAttempts: number;
  readonly baseMs: number;
  /** Longest wait. A dependency that asks for more is not waited for: its error is thrown. */
  readonly maxMs: number;
}

export interface RetryOptions {
  readonly limits: RetryLimits;
  readonly signal?: AbortSignal | undefined;
  readonly random?: () => number;
  /** Resolves after `delayMs`, rejects when the signal aborts. Default: a timer. */
  readonly wait?: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * Calls until it succeeds, `maxAttempts` times at most, with full jitter between the calls and
 * never sooner than the `delayMs` of a RetryLaterError. Not repeated: an abort, a TerminalError, an
 * open breaker, and a deadline, because whoever waited that long should not wait as long again.
 * Throws the last error, or the reason of the signal.
 *
 * Our own loop: cockatiel's retry sleeps through an abort and calls once more after it.
 */
export async function withRetry<T>(
  call: (attempt: number) => Promise<T>,
  { limits, signal, random = Math.random, wait = pause }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await call(attempt);
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= limits.maxAttempts || !isRepeatable(error)) throw error;
      const askedMs = (error instanceof RetryLaterError && error.delayMs) || 0;
      if (askedMs > limits.maxMs) throw error;
      const delayMs = Math.max(askedMs, fullJitterDelay({ ...limits, attempt, random }));
      await wait(delayMs, signal);
    }
  }
}

/**
 * The same for a stream: it is started again until its first item has come. After that a failure is
 * passed on, because the reader has seen part of it.
 */
export async function* streamWithRetry<T>(
  start: (attempt: number) => AsyncIterable<T>,
  options: RetryOptions,
): AsyncGenerator<T, void, undefined> {
  const { items, first } = await withRetry(async (attempt) => {
    const items = start(attempt)[Symbol.asyncIterator]();
    return { items, first: await items.next() };
  }, options);
  try {
    for (let step = first; !step.done; step = await items.next()) yield step.value;
  } finally {
    await items.return?.();
  }
}

function isRepeatable(error: unknown): boolean {
  const aborted = error instanceof Error && error.name === 'AbortError';
  return !(
    aborted ||
    error instanceof TerminalError ||
    error instanceof BreakerOpenError ||
    error instanceof DeadlineError
  );
}

async function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await timer(delayMs, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
