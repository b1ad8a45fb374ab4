import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

const Stuck = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  since: Type.String({ format: 'date-time' }),
  worker: Type.Optional(Type.String()),
});

export const sweepStuck = defineTask({
  kind: 'sweep-stuck',
  category: 'maintenance',
  summary: 'Cancel tasks that run far past their limit, and tell of those that wait for over a day',
  payload: Type.Object({ dryRun: DryRun }, { additionalProperties: false }),
  result: Type.Object({
    dryRun: Type.Boolean(),
    overdue: Type.Array(Stuck, {
      description: 'Past twice the time that they may take: cancelled, but by a dry run',
    }),
    waiting: Type.Array(Stuck, { description: 'Queued for over a day, oldest first, at most 100' }),
  }),
  priority: 'low',
});
