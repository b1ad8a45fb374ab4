import type { Chunk } from '@slipstream/contracts';
import type { DocumentRef } from '@slipstream/knowledge';
import type { Hit } from '@slipstream/retrieval';
import { type HandlerOf, recordUsage } from '@slipstream/worker';
import { filterOf, sourceOf } from '../answer/cite.ts';
import { surroundingsOf } from '../answer/expand-hits.ts';
import type { RagParts } from './index.ts';

export const createSearchKnowledge =
  ({ bus, logger, retrieve, store }: RagParts): HandlerOf<'search-knowledge'> =>
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
    const { mode, timings, degraded, embedder, promptTokens } = found;
    if (promptTokens !== undefined && embedder !== undefined) {
      const usage = { model: embedder, promptTokens, completionTokens: 0, estimated: false };
      recordUsage({ bus, logger }, payload.brand, usage);
    }
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
