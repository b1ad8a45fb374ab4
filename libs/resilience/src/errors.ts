import { TerminalError } from '@slipstream/contracts';

/** Nothing was called: the breaker of this endpoint is open, or its trials are under way. */
export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError';
  readonly code = 'breaker-open';
  readonly dependency: string;
  readonly endpoint: string;
  /** When a call may be let through again, in ms from now. */
  readonly retryAfterMs: number;

  constructor(where: { dependency: string; endpoint: string; retryAfterMs: number }) {
    super(
      `the breaker of ${where.dependency} ${where.endpoint} is open, next trial in ${where.retryAfterMs} ms`,
    );
    this.dependency = where.dependency;
    this.endpoint = where.endpoint;
    this.retryAfterMs = where.retryAfterMs;
  }
}

/** The call, or the next item of a stream, took too long. Its signal was aborted. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly code = 'deadline';
  readonly timeoutMs: number;

  constructor(what: string, timeoutMs: number) {
    super(`${what} did not answer within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/**
 * Whether an error says that the dependency is in trouble. An answer that refuses (a TerminalError,
 * or a `status` of 4xx) comes from a dependency that works; 408 and 429 are the two that do not.
 */
export function isOutage(error: unknown): boolean {
  if (error instanceof TerminalError) return false;
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (typeof status !== 'number') return true;
  return status >= 500 || status === 408 || status === 429;
}
