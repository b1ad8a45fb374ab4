/** What an answer to the request for robots.txt means. */
export type RobotsVerdict = 'parse' | 'allow-all' | 'retry-later';

/**
 * RFC 9309, 2.3.1: a file that is not there (4xx, or redirects that do not end) allows everything;
 * a server that is in trouble (5xx, no answer) allows nothing until it is well again. 429 counts
 * as trouble, as Google's crawlers do: it says that we are too fast, not that there is no file.
 */
export function robotsVerdict(status: number | 'unreachable'): RobotsVerdict {
  if (status === 'unreachable' || status === 429 || status >= 500) return 'retry-later';
  return status >= 200 && status < 300 ? 'parse' : 'allow-all';
}
