import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, DryRun } from './fields.ts';

export const reEmbed = defineTask({
  kind: 're-embed',
  category: 'embedding',
  summary:
    'Embed all chunks that have no vector of the embedder of the settings, then search with it',
  payload: Type.Object(
    { dryRun: DryRun, brand: Type.Optional(Brand) },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: Type.Object({
    dryRun: Type.Boolean(),
    from: Type.String({ description: 'Embedder that was searched at the start' }),
    to: Type.String({ description: 'Embedder of the settings' }),
    documents: Type.Integer({ description: 'Documents with chunks to embed' }),
    chunks: Type.Integer(),
  }),
  priority: 'low',
});

export const reEmbedDocuments = defineTask({
  kind: 're-embed-documents',
  category: 'embedding',
  summary: 'Embed what some documents lack of the vectors of the embedder of the settings',
  payload: Type.Object(
    {
      embedder: Type.String({ minLength: 1, description: 'Its id' }),
      documents: Type.Array(
        Type.Object(
          { brand: Brand, docId: Type.String({ minLength: 1 }) },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 1_000 },
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({ embedded: Type.Integer() }),
  priority: 'bulk',
  timeoutMs: 3_600_000,
});

export const switchEmbedder = defineTask({
  kind: 'switch-embedder',
  category: 'embedding',
  summary: 'Embed what has come meanwhile; when nothing is missing, search with the new vectors',
  payload: Type.Object(
    {
      embedder: Type.String({ minLength: 1, description: 'Its id' }),
      brand: Type.Optional(Brand),
    },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: Type.Object({
    embedder: Type.String(),
    switched: Type.Boolean({
      description: 'False: it was searched already, or brands are missing',
    }),
    embedded: Type.Integer({ description: 'Chunks that had come meanwhile' }),
    missing: Type.Integer({ description: 'Chunks that still have no vector, of other brands' }),
  }),
  priority: 'normal',
  timeoutMs: 3_600_000,
});
