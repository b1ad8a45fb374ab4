import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

export const maintainIndex = defineTask({
  kind: 'maintain-index',
  category: 'maintenance',
  summary: 'Compact the knowledge store, bring its indexes up to date, drop old versions',
  payload: Type.Object({ dryRun: DryRun }, { additionalProperties: false }),
  result: Type.Object({
    dryRun: Type.Boolean(),
    chunks: Type.Integer(),
    vectors: Type.Integer(),
    bytesBefore: Type.Integer(),
    bytesAfter: Type.Integer(),
    retiredEmbedders: Type.Array(Type.String(), {
      description: 'Embedders that are not searched any more, whose vectors were dropped',
    }),
    durationMs: Type.Number(),
  }),
  priority: 'low',
});
