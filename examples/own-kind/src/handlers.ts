import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import type { Handlers } from '@slipstream/worker';
import type { tasks } from './check-link.ts';

/** `now`: milliseconds since 1970; a test passes its own. */
export const createHandlers = ({
  now = Date.now,
}: {
  now?: () => number;
} = {}): Handlers<'batch', typeof tasks> => ({
  async 'check-link'({ url }, { signal }) {
    if (!/^https?:/.test(url)) {
      throw new TerminalError(`${url} is not a web address`, { code: 'not-http' });
    }
    const { status, headers } = await fetch(url, { method: 'HEAD', signal });
    if (status === 429 || status === 503) {
      const seconds = Number(headers.get('retry-after'));
      throw new RetryLaterError(`${url} answered ${status}`, {
        ...(seconds > 0 && { delayMs: seconds * 1_000 }),
      });
    }
    return { there: status < 400, status, checkedAt: new Date(now()).toISOString() };
  },
});
