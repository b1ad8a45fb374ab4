import { brandToken, type PageState } from '@slipstream/contracts';
import { type Bus, directBatch, directLast, encodeHeaders } from '@slipstream/jetstream';

/** What is remembered of pages, in the bucket `pages` under the token of their brand. */
export interface PageMemory {
  get(brand: string, docId: string): Promise<PageState | undefined>;
  /** Every page of a brand, a few at a time. */
  all(brand: string): AsyncGenerator<PageState>;
  put(brand: string, docId: string, state: PageState): Promise<void>;
  /** The next crawl reads the page as if it were new. */
  forget(brand: string, docId: string): Promise<void>;
}

/** An entry holds up to 500 links. */
const BATCH = 200;

export const createPageMemory = (bus: Bus): PageMemory => ({
  async get(brand, docId) {
    const entry = await directLast(bus, 'KV_pages', key(brand, docId));
    return entry && stateIn(entry.data);
  },
  async *all(brand) {
    for (let seq = 1; ; ) {
      const entries = await directBatch(bus, 'KV_pages', key(brand, '*'), { seq, batch: BATCH });
      const last = entries.at(-1);
      if (!last) return;
      seq = last.seq + 1;
      for (const { data } of entries) {
        const state = stateIn(data);
        if (state) yield state;
      }
    }
  },
  async put(brand, docId, state) {
    await bus.publisher.publishSurely(key(brand, docId), JSON.stringify(state));
  },
  async forget(brand, docId) {
    const deleted = encodeHeaders({ 'KV-Operation': 'DEL' });
    await bus.publisher.publishSurely(key(brand, docId), '', deleted);
  },
});

const key = (brand: string, docId: string): string => `$KV.pages.${brandToken(brand)}.${docId}`;

/** Undefined for the mark of a page that was forgotten. */
const stateIn = (data: Uint8Array): PageState | undefined =>
  data.length === 0 ? undefined : (JSON.parse(Buffer.from(data).toString()) as PageState);
