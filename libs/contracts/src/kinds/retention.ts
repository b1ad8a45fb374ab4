import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

const Days = Type.Integer({ minimum: 0, maximum: 36_500 });

export const retention = defineTask({
  kind: 'retention',
  category: 'maintenance',
  summary: 'Erase sources that nobody has read again for longer than their brand keeps them',
  payload: Type.Object(
    {
      dryRun: DryRun,
      days: Type.Optional({
        ...Days,
        description: 'Days without a new reading; 0 keeps for ever. Default: as the service is set',
      }),
      brandDays: Type.Optional(
        Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Days, {
          description: 'The same for single brands, by name',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    dryRun: Type.Boolean(),
    days: Type.Integer({ description: 'What holds for brands that are not named' }),
    looked: Type.Integer({ description: 'Sources that were looked at' }),
    due: Type.Array(
      Type.Object({
        id: Type.String(),
        brand: Type.String(),
        url: Type.String(),
        lastReadAt: Type.String({ format: 'date-time' }),
      }),
      { description: 'Each of them is erased by a child of this task, or with `dryRun` would be' },
    ),
  }),
  priority: 'low',
});
