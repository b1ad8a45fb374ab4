import { RetryLaterError } from '@slipstream/contracts';
import { decodeText, parseRobots, type Robots, robotsVerdict } from '@slipstream/documents';
import { ended, type Fetcher, type FetchResult } from '../fetch/index.ts';

/** RFC 9309, 2.4: a robots.txt should not be used for longer than a day. */
const FRESH_MS = 3_600_000;
const MAX_ORIGINS = 1_000;

export interface RobotsCache {
  /** The rules of the URL's origin. Throws `RetryLaterError` while the site cannot say (5xx, no answer). */
  of(url: string, signal: AbortSignal): Promise<Robots>;
}

/** Reads each origin's robots.txt once an hour; pages that ask at the same time share one request. */
export function createRobotsCache(fetcher: Fetcher, now: () => number = Date.now): RobotsCache {
  const known = new Map<string, { robots: Promise<Robots>; readAt: number }>();
  return {
    of(url, signal) {
      const { origin } = new URL(url);
      const entry = known.get(origin);
      if (entry && now() - entry.readAt < FRESH_MS) return entry.robots;
      const robots = readRobots(fetcher, origin, signal);
      known.delete(origin);
      known.set(origin, { robots, readAt: now() });
      robots.catch(() => known.delete(origin));
      if (known.size > MAX_ORIGINS) known.delete(known.keys().next().value ?? '');
      return robots;
    },
  };
}

async function readRobots(fetcher: Fetcher, origin: string, signal: AbortSignal): Promise<Robots> {
  const url = `${origin}/robots.txt`;
  const answer = await fetcher.fetch(url, { accept: 'robots', signal });
  if (answer.outcome === 'ok') {
    return parseRobots(decodeText(answer.bytes, answer.contentType), url);
  }
  // Nothing of such a host may be fetched, robots.txt or not.
  if (answer.outcome === 'denied' && answer.why === 'private-address') throw ended(url, answer);
  if (robotsVerdict(statusOf(answer)) !== 'retry-later') return parseRobots('', url);
  const why = 'message' in answer ? ` (${answer.message})` : '';
  const message = `${url} cannot be read${why}, so nothing may be fetched from ${origin} yet: is it up?`;
  throw new RetryLaterError(message, {
    code: 'robots-unreachable',
    ...('afterMs' in answer && answer.afterMs !== undefined && { delayMs: answer.afterMs }),
  });
}

/** An answer that is no robots.txt (a web page, say) counts as none: 404. */
function statusOf(answer: Exclude<FetchResult, { outcome: 'ok' }>): number | 'unreachable' {
  if (answer.outcome === 'retry') return answer.status ?? 'unreachable';
  return 'status' in answer && answer.status !== undefined ? answer.status : 404;
}
