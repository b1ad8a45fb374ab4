import type { PayloadOf, Tasks } from '@slipstream/contracts';
import { inScope, normalizeUrl, type Robots, type Scope } from '@slipstream/documents';
import type { Child } from '@slipstream/worker';
import { Reasons } from './reasons.ts';
import { ROBOTS_AGENT } from './robots-agent.ts';

type Page = PayloadOf<Tasks['scrape-page']>;
type Site = NonNullable<Page['site']>;

/** Where a page leads. */
export interface Found {
  readonly links: readonly string[];
  /** What the page asks not to follow. */
  readonly nofollow: readonly string[];
}

/** Which links of a page belong to the crawl: in scope and allowed, each once. Others are counted. */
export function followLinks(
  { links, nofollow }: Found,
  site: Site,
  robots: Robots,
): { readonly urls: readonly string[]; readonly reasons: Reasons } {
  const urls = new Set<string>();
  const reasons = new Reasons();
  for (const link of nofollow) reasons.count('nofollow', link);
  for (const link of links) {
    const url = normalizeUrl(link);
    const deep = site.depth >= site.maxDepth ? 'too-deep' : undefined;
    const reason = url === undefined ? 'not-http' : (whyNot(url, site, robots) ?? deep);
    if (url === undefined || reason !== undefined) reasons.count(reason ?? 'not-http', link);
    else urls.add(url);
  }
  return { urls: [...urls], reasons };
}

/** Why a URL is not of a crawl; undefined for one that is. */
export function whyNot(url: string, scope: Scope, robots: Robots): string | undefined {
  const verdict = inScope(url, scope);
  if (!verdict.ok) return verdict.reason;
  return robots.allowed(url, ROBOTS_AGENT) ? undefined : 'robots';
}

/** Pages of the same crawl, one level deeper. What the sitemap said of this page says nothing of them. */
export const pagesOf = (
  urls: readonly string[],
  { lastmod: _, ...page }: Page,
  site: Site,
): Child[] =>
  urls.map((url) => ({
    key: url,
    kind: 'scrape-page',
    payload: { ...page, url, site: { ...site, depth: site.depth + 1 } },
  }));
