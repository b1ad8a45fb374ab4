import { type HandlerOf, recordUsage } from '@slipstream/worker';
import { filterOf, sourceOf } from '../answer/cite.ts';
import type { AnswerParts } from './answer-question.ts';

export const createSearchKnowledge =
  (parts: AnswerParts): HandlerOf<'search-knowledge'> =>
  async (payload, { signal }) => {
    const { q, mode: asked = 'hybrid', limit = 10 } = payload;
    const found = await parts.retrieve(q, { filter: filterOf(payload), mode: asked, signal });
    if (found.promptTokens !== undefined) {
      const { promptTokens } = found;
      const usage = {
        model: parts.embedderId,
        promptTokens,
        completionTokens: 0,
        estimated: false,
      };
      recordUsage(parts, payload.brand, usage);
    }
    const hits = found.hits.slice(0, limit).map(({ chunk, score }) => ({
      ...sourceOf(chunk),
      text: chunk.text,
      score: Math.round(score * 1_000) / 1_000,
    }));
    return { hits, mode: found.mode, timings: found.timings };
  };
