import { TerminalError } from '@slipstream/contracts';
import { normalizeUrl, type Scope } from '@slipstream/documents';
import type { Child, HandlerOf } from '@slipstream/worker';
import { discoverSitemap } from '../site/discover-sitemap.ts';
import { ROBOTS_AGENT } from '../site/robots-agent.ts';
import type { ScraperParts } from './index.ts';

/**
 * Finds the pages of a site by its sitemaps and makes each a task; pages add what they link to.
 * Ends at once; the crawl ends when its pages do.
 */
export const createScrapeSite =
  ({ fetcher, robots }: ScraperParts): HandlerOf<'scrape-site'> =>
  async (payload, { signal, addChildren, progress }) => {
    const { brand, maxPages = 1_000, maxDepth = 10, render, include, exclude } = payload;
    const root = normalizeUrl(payload.url);
    if (root === undefined) throw new TerminalError(`${payload.url} is not an http URL`);
    const rules = await robots.of(root, signal);
    if (!rules.allowed(root, ROBOTS_AGENT)) {
      throw new TerminalError(`robots.txt does not allow ${root}`, { code: 'robots-disallowed' });
    }
    const scope: Scope = { root, ...(include && { include }), ...(exclude && { exclude }) };
    const sitemaps =
      rules.sitemaps.length > 0 ? rules.sitemaps : [new URL('/sitemap.xml', root).href];
    progress({ done: 0, message: 'reading the sitemap' });
    const { urls, found } = await discoverSitemap(fetcher, sitemaps, { scope, maxPages, signal });

    const site = { root, maxDepth, ...(include && { include }), ...(exclude && { exclude }) };
    const pages = new Set([root, ...urls.filter((url) => rules.allowed(url, ROBOTS_AGENT))]);
    const children = Array.from(
      pages,
      (url): Child => ({
        key: url,
        kind: 'scrape-page',
        payload: { url, brand, ...(render && { render }), site: { ...site, depth: 0 } },
      }),
    );
    await addChildren(children, { limit: maxPages });
    return { url: root, inSitemap: found, cut: Math.max(0, found - maxPages) };
  };
