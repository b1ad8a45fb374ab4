import {
  createSitemapReader,
  normalizeUrl,
  type Robots,
  type Scope,
  type SitemapEntry,
  textDecoderFor,
} from '@slipstream/documents';
import type { Fetcher, FetchResult } from '../fetch/index.ts';
import { whyNot } from './follow-links.ts';
import { Reasons } from './reasons.ts';

const MAX_SITEMAPS = 200;
/** URLs that are looked at, whatever becomes of them: about ten seconds of work. */
const MAX_URLS = 1_000_000;
const MAX_PROBLEMS = 10;

export interface DiscoverOptions {
  readonly scope: Scope;
  readonly robots: Robots;
  readonly crawlDelayS: number | undefined;
  readonly maxPages: number;
  readonly signal: AbortSignal;
}

export interface Discovered {
  /** Pages of the crawl, at most `maxPages`, in the order of the sitemaps, with their `lastmod`. */
  readonly pages: ReadonlyMap<string, string | undefined>;
  /** Those beyond `maxPages` included; of these some may be counted twice. */
  readonly found: number;
  /** Why others were left. */
  readonly reasons: Reasons;
  /** Sitemaps that were not read, or not to their end. */
  readonly problems: readonly string[];
}

/**
 * Follows the site's sitemaps and sitemap indexes. They are read as they come in, so that a million
 * URLs take no more memory than `maxPages` of them.
 *
 * @param declared those that robots.txt names
 */
export async function discoverSitemap(
  fetcher: Fetcher,
  origin: string,
  declared: readonly string[],
  { scope, robots, crawlDelayS, maxPages, signal }: DiscoverOptions,
): Promise<Discovered> {
  // That there is none at the usual place is no problem.
  const guess = new URL('/sitemap.xml', origin).href;
  const queue = declared.length > 0 ? [...declared] : [guess];
  const read = new Set<string>();
  const pages = new Map<string, string | undefined>();
  const reasons = new Reasons();
  const problems: string[] = [];
  let looked = 0;
  let found = 0;

  const note = ({ loc, lastmod }: SitemapEntry): void => {
    looked += 1;
    const url = normalizeUrl(loc);
    const reason = url === undefined ? 'not-http' : whyNot(url, scope, robots);
    if (url === undefined || reason !== undefined) {
      reasons.count(reason ?? 'not-http', loc);
      return;
    }
    if (pages.has(url)) return;
    found += 1;
    if (pages.size < maxPages) pages.set(url, lastmod);
    else reasons.count('max-pages', url);
  };

  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (read.has(next)) continue;
    const enough = read.size === MAX_SITEMAPS || looked >= MAX_URLS;
    if (enough) {
      problems.push(
        `more than ${MAX_SITEMAPS} sitemaps, or ${MAX_URLS} URLs in them: the rest was not read`,
      );
      break;
    }
    read.add(next);
    const problem = await readSitemap(fetcher, next, { signal, crawlDelayS }, (entry) => {
      if (entry.kind === 'url') note(entry);
      else if (queue.length < MAX_SITEMAPS) queue.push(entry.loc);
      return looked < MAX_URLS;
    });
    const expected = next === guess && declared.length === 0;
    if (problem && !expected && problems.length < MAX_PROBLEMS) problems.push(problem);
  }
  return { pages, found, reasons, problems };
}

/** Reads one sitemap, and says what kept it from being read to its end. */
async function readSitemap(
  fetcher: Fetcher,
  url: string,
  { signal, crawlDelayS }: { signal: AbortSignal; crawlDelayS: number | undefined },
  take: (entry: SitemapEntry) => boolean,
): Promise<string | undefined> {
  const reader = createSitemapReader();
  let decoder: ReturnType<typeof textDecoderFor> | undefined;
  const answer = await fetcher.fetch(url, {
    accept: 'sitemap',
    signal,
    ...(crawlDelayS !== undefined && { crawlDelayS }),
    take(part, contentType) {
      decoder ??= textDecoderFor(part, contentType);
      return reader.push(decoder.decode(part, { stream: true })).every(take);
    },
  });
  reader.end().forEach(take);
  if (answer.outcome === 'ok') return answer.cut && `${url} is too long: the rest was not read`;
  return `${url} ${messageOf(answer)}`;
}

function messageOf(answer: Exclude<FetchResult, { outcome: 'ok' }>): string {
  if (answer.outcome === 'gone') return `answered ${answer.status}`;
  return 'message' in answer ? answer.message : 'answered 304';
}
