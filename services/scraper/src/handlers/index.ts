import type { Bus } from '@slipstream/jetstream';
import type { DocumentWriter, KnowledgeStore } from '@slipstream/knowledge';
import type { Breaker } from '@slipstream/resilience';
import type { Handlers } from '@slipstream/worker';
import type { DocumentReader } from '../documents/document-reader.ts';
import type { Fetcher } from '../fetch/index.ts';
import type { PageMemory } from '../pages/page-memory.ts';
import type { Renderer } from '../render/create-renderer.ts';
import type { RobotsCache } from '../site/robots-cache.ts';
import { createIndexWrite } from './index-write.ts';
import { createIngestDocument } from './ingest-document.ts';
import { createReIndex } from './re-index.ts';
import { createScrapePage } from './scrape-page.ts';
import { createScrapeSite } from './scrape-site.ts';

/** What the handlers of both pools work with. */
export interface ScraperParts {
  readonly bus: Bus;
  readonly fetcher: Fetcher;
  readonly renderer: Renderer;
  readonly robots: RobotsCache;
  readonly memory: PageMemory;
  readonly reader: DocumentReader;
  readonly store: KnowledgeStore;
  readonly writer: DocumentWriter;
  readonly storeBreaker: Breaker;
}

export const scrapingHandlers = (parts: ScraperParts): Handlers<'scraping'> => ({
  'scrape-site': createScrapeSite(parts),
  'scrape-page': createScrapePage(parts),
});

export const ingestionHandlers = (parts: ScraperParts): Handlers<'ingestion'> => ({
  'ingest-document': createIngestDocument(parts),
  'index-write': createIndexWrite(parts),
  're-index': createReIndex(parts),
});
