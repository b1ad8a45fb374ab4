import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, DryRun } from './fields.ts';

export const warmCache = defineTask({
  kind: 'warm-cache',
  category: 'maintenance',
  summary: 'Ask the most frequent questions of the last days, so that the cache has their answers',
  payload: Type.Object(
    {
      dryRun: DryRun,
      brand: Type.Optional(Brand),
      days: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 30, description: 'How far back. Default: 7' }),
      ),
      most: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000, description: 'Questions a brand. Default: 50' }),
      ),
      atLeast: Type.Optional(
        Type.Integer({ minimum: 1, description: 'How often it must have been asked. Default: 3' }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    dryRun: Type.Boolean(),
    since: Type.String({ format: 'date-time' }),
    /** No texts of questions: results stay after a brand was erased. */
    brands: Type.Array(
      Type.Object({
        brand: Type.Union([Type.String(), Type.Null()]),
        asked: Type.Integer({ description: 'How often anything was asked and answered' }),
        warmed: Type.Integer({ description: 'Questions asked now, or with `dryRun` to be asked' }),
        covers: Type.Number({ description: 'How much of what was asked they are, 0 to 1' }),
      }),
    ),
  }),
  priority: 'low',
  onChildFailure: 'continue',
});
