import { brandToken, type PageState } from '@slipstream/contracts';
import { type Bus, directLast } from '@slipstream/jetstream';

/** What is remembered of pages, in the bucket `pages` under the token of their brand. */
export interface PageMemory {
  get(brand: string, docId: string): Promise<PageState | undefined>;
  put(brand: string, docId: string, state: PageState): Promise<void>;
  /** The next crawl reads the page as if it were new. */
  forget(brand: string, docId: string): Promise<void>;
}

export const createPageMemory = (bus: Bus): PageMemory => ({
  async get(brand, docId) {
    const entry = await directLast(bus, 'KV_pages', key(brand, docId));
    if (!entry || entry.data.length === 0) return undefined;
    return JSON.parse(Buffer.from(entry.data).toString()) as PageState;
  },
  async put(brand, docId, state) {
    await bus.publisher.publishSurely(key(brand, docId), JSON.stringify(state));
  },
  async forget(brand, docId) {
    await bus.publisher.publishSurely(key(brand, docId), '');
  },
});

const key = (brand: string, docId: string): string => `$KV.pages.${brandToken(brand)}.${docId}`;
