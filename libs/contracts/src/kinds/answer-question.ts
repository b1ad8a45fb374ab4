import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand } from './fields.ts';

export const Citation = Type.Object({
  url: Type.String(),
  title: Type.String(),
  heading: Type.Optional(Type.String()),
  /** Page of a PDF, from 1. */
  page: Type.Optional(Type.Integer()),
  /** Words of the source, verbatim. */
  quote: Type.String(),
  score: Type.Number(),
});

export const Usage = Type.Object({
  model: Type.String(),
  promptTokens: Type.Integer(),
  completionTokens: Type.Integer(),
  /** The provider did not say: counted by us. */
  estimated: Type.Boolean(),
});

export const QueryFilters = Type.Object(
  {
    source: Type.Optional(
      Type.String({ description: 'Origin of the site, or name of the upload' }),
    ),
    urlPrefix: Type.Optional(Type.String()),
    since: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Only text that was new or had changed at this time or later, RFC 3339',
      }),
    ),
  },
  { additionalProperties: false },
);

export const answerQuestion = defineTask({
  kind: 'answer-question',
  category: 'rag',
  summary:
    'Answer a question from the knowledge, with citations, or say that it cannot be answered',
  payload: Type.Object(
    {
      question: Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S' }),
      history: Type.Optional(
        Type.Array(
          Type.Object(
            { role: Type.Enum(['user', 'assistant']), text: Type.String({ maxLength: 8_000 }) },
            { additionalProperties: false },
          ),
          { maxItems: 20 },
        ),
      ),
      brand: Type.Optional(Brand),
      filters: Type.Optional(QueryFilters),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 3 })),
      noCache: Type.Optional(
        Type.Boolean({ description: 'Answer anew, and put that into the cache. Default: false' }),
      ),
    },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: Type.Object({
    outcome: Type.Enum(['answered', 'low-confidence', 'no-answer']),
    answer: Type.Union([Type.String(), Type.Null()]),
    /** Why there is no answer. */
    reason: Type.Optional(Type.String()),
    citations: Type.Array(Citation),
    confidence: Type.Number(),
    /** `model`: written by the answer model; `extractive`: sentences of the sources. */
    mode: Type.Enum(['extractive', 'model']),
    /** Which models could not be asked, and why: the answer does without them. */
    degraded: Type.Optional(Type.String()),
    model: Type.Optional(
      Type.String({
        description: 'Who wrote the answer, with its version; not for extractive ones',
      }),
    ),
    embedder: Type.Optional(Type.String({ description: 'Whose vectors were searched' })),
    cached: Type.Boolean(),
    /** Only when it is cached. */
    cache: Type.Optional(
      Type.Object({
        match: Type.Enum(['exact', 'near'], {
          description: 'The same question, or one that asks the same in other words',
        }),
        ageMs: Type.Integer({ description: 'Since the answer was made' }),
      }),
    ),
    /** What was searched for, when a follow-up question does not say it by itself. */
    readAs: Type.Optional(Type.String()),
    timings: Type.Record(Type.String(), Type.Number()),
    /** Of the answer model; absent when it was not asked. */
    usage: Type.Optional(Usage),
    /** Of the embedder, when its provider counts tokens. */
    embedderUsage: Type.Optional(Usage),
  }),
  priority: 'critical',
  timeoutMs: 60_000,
  retry: { maxAttempts: 3, delaysMs: [200, 1_000] },
  payloadHoldsText: true,
  resultHoldsText: true,
});
