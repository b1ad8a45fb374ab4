import { TerminalError } from '@slipstream/contracts';
import { normalizeUrl, type Scope, selectorMistakes } from '@slipstream/documents';
import type { Child, HandlerOf } from '@slipstream/worker';
import { discoverSitemap } from '../site/discover-sitemap.ts';
import { whyNot } from '../site/follow-links.ts';
import { ROBOTS_AGENT } from '../site/robots-agent.ts';
import type { ScraperParts } from './index.ts';

/**
 * Finds the pages of a site by its sitemaps, and those that an earlier crawl knew, and makes each a
 * task; pages add what they link to. Ends at once; the crawl ends when its pages do.
 */
export const createScrapeSite =
  ({ fetcher, robots, memory }: ScraperParts): HandlerOf<'scrape-site'> =>
  async (payload, { signal, addChildren, progress }) => {
    const { brand, maxPages = 1_000, maxDepth = 10, render, selectors } = payload;
    const root = normalizeUrl(payload.url);
    if (root === undefined) throw new TerminalError(`${payload.url} is not an http URL`);
    for (const { path, message } of selectorMistakes(selectors ?? {})) {
      throw new TerminalError(`/selectors${path} ${message}`, { code: 'invalid-selector' });
    }
    const rules = await robots.of(root, signal);
    if (!rules.allowed(root, ROBOTS_AGENT)) {
      throw new TerminalError(`robots.txt does not allow ${root}: ask the owner of the site`, {
        code: 'robots-disallowed',
      });
    }
    const { include, exclude } = payload;
    const scope: Scope = { root, ...(include && { include }), ...(exclude && { exclude }) };
    const crawlDelayS = rules.crawlDelayS(ROBOTS_AGENT);
    progress({ done: 0, message: 'reading the sitemap' });
    const sitemap = await discoverSitemap(fetcher, root, rules.sitemaps, {
      scope,
      robots: rules,
      crawlDelayS,
      maxPages,
      signal,
    });
    const depths = new Map([root, ...sitemap.pages.keys()].map((url) => [url, 0]));
    for await (const [url, depth] of knownPages()) if (!depths.has(url)) depths.set(url, depth);

    const children = Array.from(depths, ([url, depth]): Child => {
      const lastmod = sitemap.pages.get(url);
      const page = {
        url,
        brand,
        ...(render && { render }),
        ...(selectors && { selectors }),
        ...(lastmod !== undefined && lastmod.length <= 40 && { lastmod }),
        site: { ...scope, depth, maxDepth },
      };
      return { key: url, kind: 'scrape-page', payload: page };
    });
    await addChildren(children, { limit: maxPages });
    const cut = Math.max(0, sitemap.found - maxPages);
    const { found: inSitemap, problems, reasons } = sitemap;
    return { url: root, inSitemap, cut, sitemapProblems: [...problems], ...reasons.all };

    /** Pages may go together with the last link to them: only their own answer says that they are gone. */
    async function* knownPages(): AsyncGenerator<[string, number]> {
      let room = maxPages;
      for await (const { url: found, depth, links } of memory.all(brand)) {
        if (room === 0) return;
        const url = normalizeUrl(found);
        // A file leads nowhere; a page that no crawl has met leads to pages that none has.
        const at = depth ?? (links === undefined ? maxDepth : undefined);
        if (url === undefined || at === undefined || at > maxDepth) continue;
        if (whyNot(url, scope, rules) !== undefined) continue;
        room -= 1;
        yield [url, at];
      }
    }
  };
