import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

export const deadLetterDigest = defineTask({
  kind: 'dead-letter-digest',
  category: 'maintenance',
  summary: 'Count the failed tasks of the last day by error code and kind',
  payload: Type.Object(
    {
      dryRun: DryRun,
      windowMs: Type.Optional(
        Type.Integer({
          minimum: 60_000,
          maximum: 30 * 86_400_000,
          description: 'How far back, ms. Default: a day',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    dryRun: Type.Boolean(),
    since: Type.String({ format: 'date-time' }),
    total: Type.Integer(),
    groups: Type.Array(
      Type.Object({
        code: Type.String(),
        kind: Type.String(),
        count: Type.Integer(),
        newest: Type.Object({ id: Type.String(), message: Type.String() }),
      }),
      { description: 'Most frequent first' },
    ),
  }),
  priority: 'low',
});
