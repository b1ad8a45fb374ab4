import { SAME_QUESTION } from '@slipstream/retrieval';
import { type Static, Type } from 'typebox';
import type { AnswerCacheOptions } from './answer-cache.ts';

const DAY_MS = 86_400_000;

/** The settings of the answer cache. */
export const cacheSettings = {
  SLIPSTREAM_ANSWER_CACHE_TTL_MS: Type.Integer({
    default: 3_600_000,
    minimum: 0,
    maximum: DAY_MS,
    description: 'How long an answer is given again while its sources do not change, ms; 0: never',
  }),
  SLIPSTREAM_ANSWER_CACHE_UNANSWERED_MS: Type.Integer({
    default: 60_000,
    minimum: 0,
    maximum: DAY_MS,
    description: 'The same for low confidence and no answer, ms',
  }),
  SLIPSTREAM_ANSWER_CACHE_ENTRIES: Type.Integer({
    default: 100,
    minimum: 0,
    maximum: 100_000,
    description: 'Answers that a rag process keeps in its own memory as well',
  }),
  SLIPSTREAM_ANSWER_CACHE_MEMORY_MS: Type.Integer({
    default: 60_000,
    minimum: 0,
    maximum: DAY_MS,
    description: 'How long it keeps them there, ms',
  }),
  SLIPSTREAM_ANSWER_CACHE_SIMILARITY: Type.Number({
    default: SAME_QUESTION,
    minimum: 0.5,
    maximum: 2,
    description:
      'How near another question must be for its answer to be given, 0.5 to 1; 2: only the same question counts',
  }),
};

const CacheConfig = Type.Object(cacheSettings);

export const cacheOptionsFrom = (config: Static<typeof CacheConfig>): AnswerCacheOptions => ({
  memoryEntries: config.SLIPSTREAM_ANSWER_CACHE_ENTRIES,
  memoryMs: config.SLIPSTREAM_ANSWER_CACHE_MEMORY_MS,
  ttlMs: config.SLIPSTREAM_ANSWER_CACHE_TTL_MS,
  unansweredMs: config.SLIPSTREAM_ANSWER_CACHE_UNANSWERED_MS,
  similarity: config.SLIPSTREAM_ANSWER_CACHE_SIMILARITY,
});
