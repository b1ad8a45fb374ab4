import type { Chunk } from '@slipstream/contracts';
import type { DocumentRef, KnowledgeStore } from '@slipstream/knowledge';
import type { Hit } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';
import { filterOf, sourceOf } from '../answer/cite.ts';
import { surroundingsOf } from '../answer/expand-hits.ts';
import type { Retrieve } from '../retrieve/retriever.ts';

export const createSearchKnowledge =
  (retrieve: Retrieve, store: KnowledgeStore): HandlerOf<'search-knowledge'> =>
  async (payload, { signal }) => {
    const { q, mode: asked = 'hybrid', limit = 10, expand } = payload;
    const found = await retrieve(q, { filter: filterOf(payload), mode: asked, signal });
    const shown = found.hits.slice(0, limit);
    const around = expand ? await store.chunksOf(documentsOf(shown)) : [];
    const hits = shown.map(({ chunk, score }) => ({
      ...sourceOf(chunk),
      text: chunk.text,
      score: Math.round(score * 1_000) / 1_000,
      ...(expand && surroundingsOf(chunk, around.filter(isOf(chunk)), expand)),
    }));
    const { mode, timings, degraded, embedder } = found;
    return {
      hits,
      mode,
      ...(degraded !== undefined && { degraded }),
      ...(embedder !== undefined && { embedder }),
      timings,
    };
  };

const isOf =
  ({ brand, docId }: DocumentRef) =>
  (chunk: Chunk): boolean =>
    chunk.brand === brand && chunk.docId === docId;

/** Each document once. */
function documentsOf(hits: readonly Hit<Chunk>[]): DocumentRef[] {
  const found = new Map<string, DocumentRef>();
  for (const { chunk } of hits) {
    const { brand, docId } = chunk;
    found.set(JSON.stringify([brand, docId]), { brand, docId });
  }
  return [...found.values()];
}
