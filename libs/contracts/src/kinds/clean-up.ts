import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

const Swept = (description: string) =>
  Type.Object(
    {
      seen: Type.Integer(),
      stale: Type.Integer({ description: 'Removed, or with `dryRun` to be removed' }),
    },
    { description },
  );

export const cleanUp = defineTask({
  kind: 'clean-up',
  category: 'maintenance',
  summary: 'Remove what ended tasks and removed schedules have left behind after a crash',
  payload: Type.Object({ dryRun: DryRun }, { additionalProperties: false }),
  result: Type.Object({
    dryRun: Type.Boolean(),
    flows: Swept('Lists of children whose parent ended over ten minutes ago'),
    delayed: Swept('Delays of tasks that have ended'),
    schedules: Swept('Memories of schedules that were removed'),
  }),
  priority: 'low',
});
