import { ProblemError, priorities, tasks } from '@slipstream/contracts';
import type { AllowList } from '@slipstream/documents/net-guard';
import { type Static, Type } from 'typebox';
import { WebhookField } from '../routes/shapes.ts';
import type { Order } from './accept-task.ts';
import { checkPayload, definitionOf } from './check-payload.ts';

const YEAR_MS = 366 * 24 * 3_600_000;

/** A task of any kind, as a client asks for it. */
export const NewTask = Type.Object(
  {
    kind: Type.String({ description: `One of ${Object.keys(tasks).join(', ')}` }),
    payload: Type.Unknown({ description: 'As the kind says' }),
    priority: Type.Optional(
      Type.Enum([...priorities], { description: 'Default: as the kind says' }),
    ),
    runAt: Type.Optional(Type.String({ format: 'date-time', description: 'Not before this time' })),
    delayMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: YEAR_MS, description: 'Not before this much time, ms' }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'Longest run of one attempt' }),
    ),
    queueTimeoutMs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: YEAR_MS,
        description:
          'Longest wait for the first attempt, from when the task may run; then it fails as `queue-timeout`',
      }),
    ),
    maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    concurrencyKey: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'Counted together with tasks of its kind and this key; default: as the kind says',
      }),
    ),
    tenant: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Whose task it is: tenants share a pool by their weights',
      }),
    ),
    tags: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: 20 }),
    ),
    webhook: WebhookField,
  },
  { additionalProperties: false },
);

export type NewTask = Static<typeof NewTask>;

/**
 * What a client asks for as an order. `at` is where the task is in the body: nothing, or
 * `/tasks/17`. Throws a problem that names the field for what cannot be done.
 */
export function orderOf(task: NewTask, allow: AllowList, at = ''): Order {
  const { kind, runAt, delayMs, ...rest } = task;
  const definition = definitionOf(kind, `${at}/kind`);
  checkPayload(definition, task.payload, allow, `${at}/payload`);
  if (runAt !== undefined && delayMs !== undefined) {
    throw new ProblemError('invalid-request', 'Give runAt or delayMs, not both.', {
      errors: [{ path: `${at}/delayMs`, message: 'must not be given beside runAt' }],
    });
  }
  const due = runAt !== undefined ? Date.parse(runAt) : delayMs && Date.now() + delayMs;
  return { ...rest, definition, ...(due && { runAt: due }) };
}
