import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { bumpIndexVersion, erasePageText } from '@slipstream/jetstream';
import { createDocumentWriter, openKnowledgeStore } from '@slipstream/knowledge';
import { breakers } from '@slipstream/resilience';
import {
  createBrandFence,
  notesCacheFrom,
  runPool,
  startWorkerService,
  type WorkerService,
} from '@slipstream/worker';
import type { Config } from './config.ts';
import { createDocumentReader } from './documents/document-reader.ts';
import { createFetcher, openSharedLedger } from './fetch/index.ts';
import { ingestionHandlers, type ScraperParts, scrapingHandlers } from './handlers/index.ts';
import { createPageMemory } from './pages/page-memory.ts';
import { createRenderer } from './render/create-renderer.ts';
import { ROBOTS_AGENT } from './site/robots-agent.ts';
import { createRobotsCache } from './site/robots-cache.ts';

/** Pools scraping and ingestion, or the one of them that `SLIPSTREAM_POOLS` names. */
export const startService = (config: Config): Promise<WorkerService> =>
  startWorkerService({
    service: 'scraper',
    description: 'Fetches sites and files, extracts and chunks their text, writes the index',
    settings: config,
    async start(parts) {
      const { bus, logger, stack } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const unfollowed = (err: unknown) =>
        logger.warn({ err }, 'turns at hosts cannot be read yet');
      const reach = {
        allow: config.SLIPSTREAM_SCRAPE_ALLOW.split(','),
        userAgent: `${ROBOTS_AGENT}/0.1`,
      };
      const fetcher = stack.use(
        createFetcher({
          ...reach,
          delayMs: config.SLIPSTREAM_SCRAPE_DELAY_MS,
          ledger: stack.use(openSharedLedger(bus, unfollowed)),
          // A longer wait for a host's turn is spent in the queue, not in a slot.
          limits: { maxWaitMs: 3_000 },
        }),
      );
      const accelerators = config.SLIPSTREAM_ACCELERATORS_DIR;
      const renderer = stack.use(createRenderer({ ...reach, accelerators }));
      const scraper: ScraperParts = {
        bus,
        fetcher,
        renderer,
        robots: createRobotsCache(fetcher),
        memory: createPageMemory(bus),
        reader: createDocumentReader(notesCacheFrom(bus, config)),
        store,
        writer: createDocumentWriter(store),
        storeBreaker: breakers.breakerFor('store', 'knowledge'),
      };
      const fence = stack.use(createBrandFence(parts));
      const pools = {
        scraping: () =>
          runPool(parts, {
            category: 'scraping',
            tasks,
            handlers: fence.guard(scrapingHandlers(scraper)),
            slots: config.SLIPSTREAM_SCRAPING_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ingestion: () =>
          runPool(parts, {
            category: 'ingestion',
            dependency: 'store',
            tasks,
            handlers: fence.guard(ingestionHandlers(scraper), {
              'index-write': async ({ brand, docId }) => {
                await store.removeDocuments([{ brand, docId }]);
                await bumpIndexVersion(bus, brand);
                await erasePageText(bus, { brand, docId });
                await scraper.memory.forget(brand, docId);
              },
            }),
            slots: config.SLIPSTREAM_INGESTION_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
      };
      const named = new Set(config.SLIPSTREAM_POOLS.split(',') as (keyof typeof pools)[]);
      return {
        pools: Array.from(named, (name) => pools[name]()),
        extra: () => ({ breakers: breakers.breakerStates() }),
      };
    },
  });
