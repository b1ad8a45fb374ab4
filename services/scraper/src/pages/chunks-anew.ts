import type { Chunk } from '@slipstream/contracts';
import { chunkDocument } from '@slipstream/documents';
import { type Bus, getPageText } from '@slipstream/jetstream';
import type { DocumentRef, KnowledgeStore } from '@slipstream/knowledge';
import type { DocumentContent } from './hand-on.ts';

/**
 * The chunks that a document has by the chunker of today, from the text that is kept of it; what is
 * unchanged keeps its time. Without a text (it was indexed before texts were kept) those that it has;
 * none for a document that is not known any more.
 */
export async function chunksAnew(
  bus: Bus,
  store: KnowledgeStore,
  document: DocumentRef,
): Promise<Chunk[]> {
  const known = await store.chunksOf([document]);
  const [first] = known;
  if (!first) return [];
  const text = await getPageText(bus, document);
  if (text === undefined) return known;
  const fetchedAt = new Map(known.map((chunk) => [chunk.id, chunk.fetchedAt]));
  const newest = [...fetchedAt.values()].sort().at(-1) ?? first.fetchedAt;
  const { docId, brand, source, url, title } = first;
  const facts = { docId, brand, source, url, title, fetchedAt: newest };
  return chunkDocument({ ...facts, ...(JSON.parse(text) as DocumentContent) }).map((chunk) => ({
    ...chunk,
    fetchedAt: fetchedAt.get(chunk.id) ?? newest,
  }));
}
