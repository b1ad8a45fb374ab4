import { type BlobRef, type Chunk, TerminalError } from '@slipstream/contracts';
import { type Bus, bumpIndexVersion, getBlob } from '@slipstream/jetstream';
import type { HandlerOf } from '@slipstream/worker';
import type { ScraperParts } from './index.ts';

/**
 * Writes the chunks of a document, or takes it out; several at once share a commit. The page is
 * remembered, or forgotten, only afterwards: a crash in between repeats the write, and never skips it.
 */
export const createIndexWrite =
  ({ bus, writer, memory, storeBreaker }: ScraperParts): HandlerOf<'index-write'> =>
  async ({ brand, docId, chunks: ref, page }, { signal, addChildren }) => {
    const chunks = ref === undefined ? [] : await readChunks(bus, ref as BlobRef);
    const counts = await storeBreaker.run(() => writer.write({ brand, docId, chunks }), { signal });
    // Also when nothing changed now: a run before may have died between the write and this.
    await bumpIndexVersion(bus, brand);
    if (page) await memory.put(brand, docId, page);
    else await memory.forget(brand, docId);
    if (chunks.length > 0) {
      await addChildren([{ key: 'embed', kind: 'embed-chunks', payload: { brand, docId } }]);
    }
    return counts;
  };

async function readChunks(bus: Bus, ref: BlobRef): Promise<Chunk[]> {
  const bytes = await getBlob(bus, ref);
  if (bytes) return JSON.parse(Buffer.from(bytes).toString()) as Chunk[];
  throw new TerminalError('the chunks are past their retention: scrape the page again', {
    code: 'chunks-expired',
  });
}
