import type { HandlerOf } from '@slipstream/worker';
import { filterOf, sourceOf } from '../answer/cite.ts';
import type { Retrieve } from '../retrieve/retriever.ts';

export const createSearchKnowledge =
  (retrieve: Retrieve): HandlerOf<'search-knowledge'> =>
  async (payload, { signal }) => {
    const { q, mode: asked = 'hybrid', limit = 10 } = payload;
    const found = await retrieve(q, { filter: filterOf(payload), mode: asked, signal });
    const hits = found.hits.slice(0, limit).map(({ chunk, score }) => ({
      ...sourceOf(chunk),
      text: chunk.text,
      score: Math.round(score * 1_000) / 1_000,
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
