import { GiveBackError, RetryLaterError, TerminalError } from '@slipstream/contracts';
import type { DenyReason, FetchResult } from './fetch-result.ts';

/** What to do about what is never fetched, where the message does not say it. */
const remedies: Readonly<Partial<Record<DenyReason, string>>> = {
  status: 'Slipstream has no log-in: save the page and upload it',
  'content-type': 'leave it out of the crawl (`exclude`)',
  'too-large': 'upload the file instead, up to 100 MiB',
  'too-many-redirects': 'give the last URL',
  'redirect-refused': 'give that URL itself, if it is to be read',
  tls: 'ask the owner of the site; for an authority of your own set NODE_EXTRA_CA_CERTS',
};

/** What a fetch that brought nothing says about trying again. */
export function ended(url: string, result: Exclude<FetchResult, { outcome: 'ok' }>): Error {
  switch (result.outcome) {
    case 'gone':
      return new TerminalError(`${url} is gone (${result.status})`, { code: 'gone' });
    case 'denied':
      return new TerminalError(`${url}: ${result.message}${remedyOf(result.why)}`, {
        code: result.why,
      });
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

const remedyOf = (why: DenyReason): string => (remedies[why] ? `; ${remedies[why]}` : '');
