import {
  brandToken,
  childId,
  type PayloadOf,
  type ResultOf,
  type Tasks,
} from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { Projection, TaskRow } from '@slipstream/tasklog';
import type { Child, HandlerOf } from '@slipstream/worker';

type Crawl = PayloadOf<Tasks['scrape-site']>;
type Site = ResultOf<Tasks['recrawl']>['sites'][number];
type Scope = ResultOf<Tasks['recrawl']>['scope'];

/** Crawls that are looked at, newest first: enough for as many sites, crawled once each since. */
const MAX_CRAWLS = 5_000;
const PAGE = 500;
/** How deep a delta follows links: what the first page names. */
const DELTA_DEPTH = 1;

/**
 * Crawls again what was crawled before, each site as its newest crawl that succeeded did. A site
 * whose brand was erased since has no pages in the memory, and is left alone.
 */
export const createRecrawl =
  (bus: Bus, projection: Projection): HandlerOf<'recrawl'> =>
  async ({ dryRun = false, scope = 'delta' }, { addChildren, log, signal }) => {
    await projection.barrier();
    const crawls = new Map<string, { readonly crawl: Crawl; readonly site: Site }>();
    for await (const row of succeededCrawls(projection)) {
      signal.throwIfAborted();
      const crawl = await payloadOf(projection, row);
      if (!crawl || isDelta(row, crawl)) continue;
      const key = keyOf('full', crawl);
      if (crawls.has(key)) continue;
      const crawledAt = new Date(row.finishedAt ?? row.createdAt).toISOString();
      crawls.set(key, { crawl, site: { brand: crawl.brand, url: crawl.url, crawledAt } });
    }
    const brands = new Set([...crawls.values()].map(({ crawl }) => crawl.brand));
    const known = new Set<string>();
    for (const brand of brands) if (await hasPages(bus, brand)) known.add(brand);
    const chosen = [...crawls.values()].filter(({ crawl }) => known.has(crawl.brand));
    if (!dryRun) await addChildren(chosen.map(({ crawl }) => again(crawl, scope)));
    const sites = chosen.map(({ site }) => site);
    log.info({ dryRun, scope, sites: sites.length }, 'sites are crawled again');
    return { dryRun, scope, sites, forgotten: crawls.size - sites.length };
  };

function again(crawl: Crawl, scope: Scope): Child {
  const maxDepth = Math.min(crawl.maxDepth ?? DELTA_DEPTH, DELTA_DEPTH);
  const payload = scope === 'full' ? crawl : { ...crawl, maxDepth };
  return { key: keyOf(scope, crawl), kind: 'scrape-site', payload };
}

const keyOf = (scope: Scope, { brand, url }: Crawl): string => `${scope} ${brand} ${url}`;

/** Whether it was made by a delta: how deep the site is, the crawl that it repeated says. */
const isDelta = ({ id, parentId }: TaskRow, crawl: Crawl): boolean =>
  parentId !== null && id === childId(parentId, keyOf('delta', crawl));

/** Newest first. */
async function* succeededCrawls(projection: Projection): AsyncGenerator<TaskRow> {
  const filter = { kind: 'scrape-site', state: 'succeeded', limit: PAGE } as const;
  let page = await projection.list(filter);
  for (let seen = 0; page.length > 0 && seen < MAX_CRAWLS; seen += PAGE) {
    yield* page;
    if (page.length < PAGE) return;
    page = await projection.list({ ...filter, before: page.at(-1)?.id ?? '' });
  }
}

/** What was asked for; undefined when it is past its retention. */
async function payloadOf(projection: Projection, row: TaskRow): Promise<Crawl | undefined> {
  const events = (await projection.history(row)).map(({ event }) => event);
  const began = events.findLast((event) => 'task' in event);
  return began && 'task' in began ? (began.task.payload as Crawl) : undefined;
}

async function hasPages(bus: Bus, brand: string): Promise<boolean> {
  const subjects_filter = `$KV.pages.${brandToken(brand)}.>`;
  const { state } = await bus.manager.streams.info('KV_pages', { subjects_filter });
  return Object.keys(state.subjects ?? {}).length > 0;
}
