import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, DryRun } from './fields.ts';

export const reIndex = defineTask({
  kind: 're-index',
  category: 'ingestion',
  summary:
    'Make chunks and index anew from the texts that are kept, for example in another language; nothing is fetched',
  payload: Type.Object(
    {
      dryRun: DryRun,
      brand: Type.Optional(Brand),
      source: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 2_048,
          description: 'Only this source: the origin of a site, or `upload`',
        }),
      ),
      docId: Type.Optional(Type.String({ minLength: 1, description: 'Only this document' })),
    },
    { additionalProperties: false },
  ),
  searchable: ['brand'],
  result: Type.Object({
    dryRun: Type.Boolean(),
    documents: Type.Integer({
      description: 'Each is written by a child of this task, or with `dryRun` would be',
    }),
    chunks: Type.Integer({ description: 'That they have now' }),
    withoutText: Type.Integer({
      description:
        'Documents of which no text is kept: their chunks stay as they are cut, and only their terms are made anew',
    }),
    added: Type.Integer({ description: 'Chunks that are cut otherwise now; they are embedded' }),
    removed: Type.Integer(),
    failed: Type.Integer({ description: 'Documents that could not be written' }),
  }),
  priority: 'low',
  onChildFailure: 'continue',
  report(result, ended) {
    const counts = ended.map(({ result: of }) => (of ?? {}) as Partial<typeof result>);
    return {
      ...result,
      added: counts.reduce((sum, { added = 0 }) => sum + added, result.added),
      removed: counts.reduce((sum, { removed = 0 }) => sum + removed, result.removed),
      failed: result.failed + ended.filter(({ state }) => state !== 'succeeded').length,
    };
  },
});
