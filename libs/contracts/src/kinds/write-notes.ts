import { type Static, Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Usage } from './answer-question.ts';
import { BlobRefField, Brand } from './fields.ts';

const Page = Type.Optional(Type.Integer({ minimum: 1, description: 'Page of a PDF, from 1' }));

const Statement = Type.Object({ text: Type.String(), page: Page });

/** What a document says, in short. */
export const Notes = Type.Object({
  url: Type.String({ description: 'Of the document' }),
  title: Type.String(),
  summary: Type.String(),
  summaryPages: Type.Optional(Type.Array(Type.Integer(), { description: 'What it rests on' })),
  keyPoints: Type.Array(Statement),
  sections: Type.Array(
    Type.Object({
      heading: Type.String(),
      level: Type.Integer({ minimum: 1, description: '1 is the highest' }),
      page: Page,
      points: Type.Array(Statement),
    }),
  ),
  mode: Type.Enum(['extractive', 'model'], {
    description:
      '`model`: written by the answer model, each statement checked; `extractive`: sentences of the document',
  }),
  degraded: Type.Optional(
    Type.String({ description: 'Why they are extractive although a model is configured' }),
  ),
  cached: Type.Boolean({ description: 'The same bytes had these notes before' }),
  usage: Type.Optional(Usage),
  timings: Type.Record(Type.String(), Type.Number()),
});

export type Notes = Static<typeof Notes>;

export const writeNotes = defineTask({
  kind: 'write-notes',
  category: 'rag',
  summary: 'Write the notes of a document that was read: title, summary, key points, sections',
  payload: Type.Object(
    {
      brand: Brand,
      url: Type.String(),
      /** What the notes are remembered by. */
      fingerprint: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      /** Title and pages, as JSON. */
      document: BlobRefField,
      /** Notes made of its own sentences, as JSON: given as they are when no model is there. */
      draft: BlobRefField,
      draftCached: Type.Boolean(),
      draftMs: Type.Number({ minimum: 0 }),
    },
    { additionalProperties: false },
  ),
  searchable: ['url', 'brand'],
  result: Notes,
  priority: 'normal',
  timeoutMs: 180_000,
  retry: { maxAttempts: 3, delaysMs: [1_000, 5_000] },
  resultHoldsText: true,
  // A model may take a minute for each: questions must find free slots beside them.
  key: 'brand',
  concurrency: { perKey: 3 },
});
