const MAX_CRAWLS = 50;
const MAX_LINKS = 100_000;

/**
 * Links that this process has already added to a crawl. Every page of a site carries the same
 * navigation; without this each would write it all to FLOWS again. Forgetting is harmless.
 */
export function createLinkMemory() {
  const crawls = new Map<string, Set<string>>();
  return {
    fresh(crawl: string, urls: readonly string[]): string[] {
      const known = crawls.get(crawl);
      return known ? urls.filter((url) => !known.has(url)) : [...urls];
    },
    /** Call it after the links were stored, not before: else a crash would lose them. */
    remember(crawl: string, urls: readonly string[]): void {
      const known = crawls.get(crawl) ?? new Set<string>();
      crawls.delete(crawl);
      crawls.set(crawl, known);
      if (crawls.size > MAX_CRAWLS) crawls.delete(crawls.keys().next().value ?? '');
      if (known.size < MAX_LINKS) for (const url of urls) known.add(url);
    },
  };
}
