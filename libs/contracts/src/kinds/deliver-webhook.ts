import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { ID_PATTERN } from '../ids.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

export const deliverWebhook = defineTask({
  kind: 'deliver-webhook',
  category: 'batch',
  summary: 'Tell the webhook of a task that the task has ended',
  payload: Type.Object(
    {
      taskId: Type.String({ pattern: ID_PATTERN, description: 'The task that has ended' }),
      run: Type.Integer({ minimum: 1, description: 'Which run of it' }),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    status: Type.Integer({ description: 'What the receiver answered: 2xx' }),
    durationMs: Type.Number(),
  }),
  priority: 'normal',
  // As Standard Webhooks advises: soon at first, and for about a day.
  retry: {
    maxAttempts: 12,
    delaysMs: [
      ...[SECOND, 5 * SECOND, 30 * SECOND],
      ...[2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
      ...[HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR],
    ],
  },
  timeoutMs: 30 * SECOND,
});
