import type { PayloadOf, Tasks } from '@slipstream/contracts';
import { inScope, normalizeUrl, type Robots } from '@slipstream/documents';
import type { Child } from '@slipstream/worker';
import { ROBOTS_AGENT } from './robots-agent.ts';

type Page = PayloadOf<Tasks['scrape-page']>;

export interface Followed {
  /** In scope and allowed, each once. */
  readonly urls: readonly string[];
  /** How many links were left, by reason. */
  readonly skipped: Record<string, number>;
}

/** Which links of a page belong to the crawl, and why the others do not. */
export function followLinks(
  links: readonly string[],
  site: NonNullable<Page['site']>,
  robots: Robots,
): Followed {
  const urls = new Set<string>();
  const skipped: Record<string, number> = {};
  const skip = (reason: string): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  for (const link of links) {
    const url = normalizeUrl(link);
    if (url === undefined) {
      skip('not-http');
      continue;
    }
    const { root, include, exclude } = site;
    const verdict = inScope(url, {
      root,
      ...(include && { include }),
      ...(exclude && { exclude }),
    });
    if (!verdict.ok) skip(verdict.reason);
    else if (!robots.allowed(url, ROBOTS_AGENT)) skip('robots');
    else if (site.depth >= site.maxDepth) skip('too-deep');
    else urls.add(url);
  }
  return { urls: [...urls], skipped };
}

/** Pages of the same crawl, one level deeper. */
export const pagesOf = (urls: readonly string[], page: Page, site: NonNullable<Page['site']>) =>
  urls.map(
    (url): Child => ({
      key: url,
      kind: 'scrape-page',
      payload: { ...page, url, site: { ...site, depth: site.depth + 1 } },
    }),
  );
