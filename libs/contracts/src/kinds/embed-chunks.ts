import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Usage } from './answer-question.ts';
import { Brand } from './fields.ts';

export const embedChunks = defineTask({
  kind: 'embed-chunks',
  category: 'embedding',
  summary: 'Embed the chunks of one document that have no vector yet',
  payload: Type.Object(
    { brand: Brand, docId: Type.String({ minLength: 1 }) },
    { additionalProperties: false },
  ),
  searchable: ['brand', 'docId'],
  result: Type.Object({
    embedded: Type.Integer(),
    embedder: Type.String(),
    /** When the embedder's provider counts tokens. */
    usage: Type.Optional(Usage),
  }),
  priority: 'low',
});
