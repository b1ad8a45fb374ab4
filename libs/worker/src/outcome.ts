import {
  defaultRetry,
  GiveBackError,
  RetryLaterError,
  type RetryPolicy,
  type TaskErrorShape,
  TerminalError,
} from '@slipstream/contracts';
import { BreakerOpenError } from '@slipstream/resilience';

/** Why a running task was stopped from outside. */
export type StopReason = 'timeout' | 'cancelled' | 'shutdown';

export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly reason: StopReason;

  constructor(reason: StopReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Least wait for a dependency whose breaker is open. */
const BREAKER_PAUSE_MS = 1_000;

/** What follows from an error of a handler. */
export type Verdict =
  | { readonly next: 'retry'; readonly error: TaskErrorShape; readonly delayMs: number }
  | { readonly next: 'fail'; readonly error: TaskErrorShape }
  | { readonly next: 'give-back'; readonly delayMs: number }
  | { readonly next: 'drop' };

/** Decides what happens to a task whose `attempt` ended with `error`. */
export function judge(
  error: unknown,
  attempt: number,
  maxAttempts: number,
  {
    retry = defaultRetry,
    random = Math.random,
  }: { retry?: RetryPolicy | undefined; random?: () => number },
): Verdict {
  if (error instanceof StoppedError && error.reason === 'cancelled') return { next: 'drop' };
  if (error instanceof StoppedError && error.reason === 'shutdown') {
    return { next: 'give-back', delayMs: 0 };
  }
  if (error instanceof BreakerOpenError) {
    return { next: 'give-back', delayMs: Math.max(error.retryAfterMs, BREAKER_PAUSE_MS) };
  }
  if (error instanceof GiveBackError) return { next: 'give-back', delayMs: error.delayMs };
  const shape = shapeOf(error);
  if (error instanceof TerminalError || attempt >= maxAttempts)
    return { next: 'fail', error: shape };
  const own = error instanceof RetryLaterError ? error.delayMs : undefined;
  return { next: 'retry', error: shape, delayMs: own ?? delayOf(attempt, retry, random) };
}

/** The wait after attempt `attempt`, with 20 % jitter so that a backlog does not come back in step. */
function delayOf(attempt: number, { delaysMs }: RetryPolicy, random: () => number): number {
  const base = delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 0;
  return Math.round(base * (0.8 + 0.4 * random()));
}

/** A message must fit into the log beside those of others. */
const MAX_MESSAGE = 8_000;

function shapeOf(error: unknown): TaskErrorShape {
  const { code, message } = describe(error);
  return {
    code,
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message,
  };
}

function describe(error: unknown): TaskErrorShape {
  if (error instanceof StoppedError) return { code: error.reason, message: error.message };
  if (error instanceof TerminalError || error instanceof RetryLaterError) {
    return { code: error.code, message: error.message };
  }
  if (error instanceof Error) return { code: 'error', message: `${error.name}: ${error.message}` };
  return { code: 'error', message: String(error) };
}
