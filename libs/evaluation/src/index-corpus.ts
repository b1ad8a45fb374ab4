import { chunkDocument } from '@slipstream/documents';
import { type DocumentChunks, type KnowledgeStore, passageText } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { countTerms, type Idf, idfFrom } from '@slipstream/retrieval';
import type { CorpusDocument } from './read-set.ts';

/** The brand under which an evaluation's own corpus is kept. */
export const EVALUATION_BRAND = 'evaluation';

/** Documents of one commit, and chunks of one call of the embedder. */
const GROUP = 64;

/** Documents in chunks, cut as the services do it. */
function chunkCorpus(documents: readonly CorpusDocument[]): DocumentChunks[] {
  const facts = {
    brand: EVALUATION_BRAND,
    source: 'evaluation',
    fetchedAt: new Date(0).toISOString(),
  };
  return documents.map(({ content, docId, url, title }) => {
    const chunks = chunkDocument({ ...facts, docId, url, title, ...content });
    return { brand: EVALUATION_BRAND, docId, chunks };
  });
}

/** How rare terms are in a corpus. */
export const corpusIdf = (documents: readonly CorpusDocument[]): Idf =>
  idfFrom(
    countTerms(chunkCorpus(documents).flatMap(({ chunks }) => chunks.map(({ text }) => text))),
  );

/** Puts a corpus into a store, chunked and embedded as the services do it. @returns its chunks */
export async function indexCorpus(
  documents: readonly CorpusDocument[],
  { store, embedder, onProgress }: IndexParts,
): Promise<number> {
  const chunked = chunkCorpus(documents);
  for (let from = 0; from < chunked.length; from += GROUP)
    await store.writeDocuments(chunked.slice(from, from + GROUP));
  const chunks = chunked.flatMap((document) => document.chunks);
  for (let from = 0; from < chunks.length; from += GROUP) {
    const group = chunks.slice(from, from + GROUP);
    const { vectors } = await embedder.embed(group.map(passageText), 'passage');
    const rows = group.flatMap(({ id, brand }, nth) => {
      const vector = vectors[nth];
      return vector ? [{ id, brand, vector }] : [];
    });
    await store.addVectors(embedder.info, rows);
    onProgress?.(from + group.length, chunks.length);
  }
  return chunks.length;
}

export interface IndexParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  /** Chunks embedded, and chunks altogether. */
  readonly onProgress?: (done: number, total: number) => void;
}
