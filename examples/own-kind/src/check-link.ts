import { defineTask } from '@slipstream/contracts';
import { Type } from 'typebox';

/** Asks whether a link still leads somewhere; one question at a time per host. */
export const checkLink = defineTask({
  kind: 'check-link',
  category: 'batch',
  summary: 'Ask whether a link still leads somewhere',
  payload: Type.Object({ url: Type.String({ format: 'uri' }) }, { additionalProperties: false }),
  result: Type.Object({
    there: Type.Boolean(),
    status: Type.Integer(),
    checkedAt: Type.String({ format: 'date-time' }),
  }),
  priority: 'low',
  retry: { maxAttempts: 4, delaysMs: [60_000, 600_000, 3_600_000] },
  timeoutMs: 30_000,
});

/** Every kind of this example. */
export const tasks = { [checkLink.kind]: checkLink } as const;
