import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { retryAfterMs } from '@slipstream/resilience';
import { APIConnectionError, APIError } from 'openai';

/**
 * What a failed request says about trying again. 4xx: a TerminalError, because the same request
 * would be refused again. 408, 429, 5xx, an error inside a stream, no connection, half an answer: a
 * RetryLaterError, with the wait that the provider asks for.
 */
export function providerError(error: unknown, endpoint: string): Error {
  if (error instanceof TerminalError || error instanceof RetryLaterError) return error;
  if (!(error instanceof APIError) || error instanceof APIConnectionError) {
    return new RetryLaterError(`${endpoint} could not be read: ${reason(error)}`, {
      code: 'provider-unreachable',
      cause: error,
    });
  }
  const { status } = error;
  const message = `${endpoint} answered ${error.message}`;
  if (status !== undefined && status < 500 && status !== 408 && status !== 429) {
    const remedy = 'look at the key, the name of the model and the length of the text';
    return new TerminalError(`${message}; ${remedy}`, { code: 'provider-refused', cause: error });
  }
  const delayMs = error.headers && retryAfterMs(error.headers);
  return new RetryLaterError(message, {
    code: status === 429 ? 'provider-rate-limited' : 'provider-unavailable',
    cause: error,
    ...(delayMs !== undefined && { delayMs }),
  });
}

/** The innermost message: `fetch failed` and `Connection error.` hide it in their cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return reason(error.cause);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
