import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

const Status = Type.Enum(['healthy', 'degraded', 'unhealthy']);

export const healthSnapshot = defineTask({
  kind: 'health-snapshot',
  category: 'maintenance',
  summary: 'Ask the gateway how the system is, keep the answer, log a change',
  payload: Type.Object({ dryRun: DryRun }, { additionalProperties: false }),
  result: Type.Object({
    dryRun: Type.Boolean(),
    at: Type.String({ format: 'date-time' }),
    status: Status,
    alerts: Type.Array(Type.String()),
    before: Type.Optional(
      Type.Object({ at: Type.String({ format: 'date-time' }), status: Status }),
    ),
    changed: Type.Boolean({ description: 'Another status than in the snapshot before' }),
  }),
  priority: 'low',
});
