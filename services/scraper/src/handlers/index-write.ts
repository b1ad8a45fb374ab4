import { type BlobRef, type Chunk, TerminalError } from '@slipstream/contracts';
import {
  type Bus,
  brandLanguage,
  bumpIndexVersion,
  erasePageText,
  getBlob,
  putPageText,
} from '@slipstream/jetstream';
import { languages } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';
import { chunksAnew } from '../pages/chunks-anew.ts';
import type { HandedOn } from '../pages/hand-on.ts';
import type { ScraperParts } from './index.ts';

/**
 * Writes the chunks of a document, takes it out, or makes its chunks anew; several at once share a
 * commit. The text is kept, and the page remembered or forgotten, only afterwards: a crash in
 * between repeats the write, and never skips it.
 */
export const createIndexWrite =
  ({ bus, store, writer, memory, storeBreaker }: ScraperParts): HandlerOf<'index-write'> =>
  async ({ brand, docId, chunks: ref, page, rebuild = false }, { signal, addChildren }) => {
    const document = { brand, docId };
    const handedOn = ref === undefined ? { chunks: [] } : await read(bus, ref as BlobRef);
    const chunks = rebuild ? await chunksAnew(bus, store, document) : handedOn.chunks;
    // Not known any more: whoever took it out has done the rest.
    if (rebuild && chunks.length === 0) return { added: 0, unchanged: 0, removed: 0 };

    const set = await brandLanguage(bus, brand);
    const language = languages.find((one) => one === set);
    const counts = await storeBreaker.run(
      () => writer.write({ ...document, chunks, language, rebuild }),
      { signal },
    );
    // Also when nothing changed now: a run before may have died between the write and this.
    await bumpIndexVersion(bus, brand);
    if (!rebuild) await keep(handedOn);
    if (chunks.length > 0) {
      await addChildren([{ key: 'embed', kind: 'embed-chunks', payload: document }]);
    }
    return counts;

    async function keep({ chunks: [first], content }: HandedOn): Promise<void> {
      if (first && content) {
        await putPageText(bus, { ...document, source: first.source }, JSON.stringify(content));
      } else await erasePageText(bus, document);
      if (page) await memory.put(brand, docId, page);
      else await memory.forget(brand, docId);
    }
  };

async function read(bus: Bus, ref: BlobRef): Promise<HandedOn> {
  const bytes = await getBlob(bus, ref);
  if (bytes) {
    const handedOn = JSON.parse(Buffer.from(bytes).toString()) as HandedOn | Chunk[];
    // Chunks that a client has cut have no text, nor has what waits from before texts were kept.
    return Array.isArray(handedOn) ? { chunks: handedOn } : handedOn;
  }
  throw new TerminalError('the chunks are past their retention: scrape the page again', {
    code: 'chunks-expired',
  });
}
