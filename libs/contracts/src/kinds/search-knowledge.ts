import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { QueryFilters } from './answer-question.ts';
import { Brand } from './fields.ts';

export const SearchHit = Type.Object({
  url: Type.String(),
  title: Type.String(),
  heading: Type.Optional(Type.String()),
  page: Type.Optional(Type.Integer()),
  text: Type.String(),
  score: Type.Number(),
});

export const searchKnowledge = defineTask({
  kind: 'search-knowledge',
  category: 'rag',
  summary: 'Rank chunks for a query, without an answer',
  payload: Type.Object(
    {
      q: Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S' }),
      brand: Type.Optional(Brand),
      filters: Type.Optional(QueryFilters),
      mode: Type.Optional(Type.Enum(['hybrid', 'vector', 'keyword'])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
    },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: Type.Object({
    hits: Type.Array(SearchHit),
    mode: Type.Enum(['hybrid', 'vector', 'keyword']),
    degraded: Type.Optional(
      Type.String({ description: 'Which model could not be asked, and why' }),
    ),
    embedder: Type.Optional(Type.String({ description: 'Whose vectors were searched' })),
    timings: Type.Record(Type.String(), Type.Number()),
  }),
  priority: 'critical',
  timeoutMs: 30_000,
  retry: { maxAttempts: 2, delaysMs: [200] },
  payloadHoldsText: true,
  resultHoldsText: true,
});
