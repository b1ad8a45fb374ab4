import { GiveBackError, RetryLaterError, TerminalError } from '@slipstream/contracts';
import type { FetchResult } from './fetch-result.ts';

/** What a fetch that brought nothing says about trying again. */
export function ended(url: string, result: Exclude<FetchResult, { outcome: 'ok' }>): Error {
  switch (result.outcome) {
    case 'gone':
      return new TerminalError(`${url} is gone (${result.status})`, { code: 'gone' });
    case 'denied':
      return new TerminalError(`${url}: ${result.message}`, { code: result.why });
    case 'retry':
      if (result.why === 'host-busy') {
        return new GiveBackError(`${url}: ${result.message}`, { delayMs: result.afterMs ?? 1_000 });
      }
      return new RetryLaterError(`${url}: ${result.message}`, {
        code: 'fetch-failed',
        ...(result.afterMs !== undefined && { delayMs: result.afterMs }),
      });
    case 'unchanged':
      return new RetryLaterError(`${url} answered 304 although nothing is remembered of it`, {
        code: 'fetch-failed',
      });
  }
}
