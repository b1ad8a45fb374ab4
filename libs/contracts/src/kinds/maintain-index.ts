import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';

export const maintainIndex = defineTask({
  kind: 'maintain-index',
  category: 'maintenance',
  summary: 'Compact the knowledge store, bring its indexes up to date, drop old versions',
  payload: Type.Object({}, { additionalProperties: false }),
  result: Type.Object({
    chunks: Type.Integer(),
    vectors: Type.Integer(),
    bytesBefore: Type.Integer(),
    bytesAfter: Type.Integer(),
    durationMs: Type.Number(),
  }),
  priority: 'low',
});
