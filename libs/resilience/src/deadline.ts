import { addAbortListener } from 'node:events';
import { DeadlineError } from './errors.ts';

export interface DeadlineOptions {
  readonly timeoutMs: number;
  /** Named in the error: `model https://api.example.com`. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a call that ends in time or is left behind: the signal that it gets is aborted and the
 * promise rejects at once, with a DeadlineError after `timeoutMs`, with the reason of `signal` when
 * that aborts.
 */
export async function withDeadline<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, what, signal }: DeadlineOptions,
): Promise<T> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const ended = Promise.withResolvers<never>();
  const end = (reason: unknown) => {
    // Rejected before the call hears of it, so that its own way of saying "aborted" loses the race.
    ended.reject(reason);
    stop.abort(reason);
  };
  using _ = signal && addAbortListener(signal, () => end(signal.reason));
  const timer = setTimeout(() => end(new DeadlineError(what, timeoutMs)), timeoutMs);
  try {
    return await Promise.race([ended.promise, call(stop.signal)]);
  } finally {
    clearTimeout(timer);
  }
}
