import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, DryRun } from './fields.ts';

const Counts = (description: string) =>
  Type.Record(Type.String(), Type.Integer(), { description: `${description}, by place` });

export const eraseSource = defineTask({
  kind: 'erase-source',
  category: 'maintenance',
  summary: 'Erase what is known of a brand, or of one of its sources, and prove that it is gone',
  payload: Type.Object(
    {
      brand: Brand,
      source: Type.Optional(
        Type.String({ description: 'Origin of a site, or `upload`; without it all of the brand' }),
      ),
      url: Type.Optional(Type.String({ description: 'One uploaded document' })),
      docId: Type.Optional(Type.String({ description: 'The same document in the store' })),
      dryRun: DryRun,
    },
    { additionalProperties: false },
  ),
  searchable: ['brand', 'source', 'url'],
  result: Type.Object({
    dryRun: Type.Boolean(),
    brand: Type.String(),
    source: Type.Optional(Type.String()),
    url: Type.Optional(Type.String()),
    cancelled: Type.Integer({ description: 'Tasks that had not ended and were cancelled first' }),
    removed: Counts('What was removed'),
    foundAfter: Counts('What a new search of every place found afterwards'),
    rounds: Type.Integer({ description: 'Searches until nothing was found' }),
    durationMs: Type.Number(),
  }),
  priority: 'high',
  // A commit of another writer may win against the deletion; each attempt does what is left.
  retry: { maxAttempts: 12, delaysMs: [1_000, 5_000, 15_000, 60_000] },
  timeoutMs: 1_800_000,
  key: 'brand',
  concurrency: { perKey: 1 },
});
