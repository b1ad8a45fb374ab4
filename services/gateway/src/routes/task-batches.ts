import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptBatch } from '../tasks/accept-batch.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { NewTask, orderOf } from '../tasks/new-task.ts';
import { anyProblem, CreateHeaders } from './shapes.ts';

/** Of one batch. */
const MAX_TASKS = 10_000;
const MAX_BYTES = 16 << 20;

export function taskBatchRoutes(app: HttpApp, parts: GatewayParts): void {
  app.post(
    '/v1/tasks/batch',
    {
      bodyLimit: MAX_BYTES,
      schema: {
        tags: ['tasks'],
        operationId: 'createTasks',
        summary: 'Submit up to 10,000 tasks: all of them, or none',
        headers: CreateHeaders,
        body: Type.Object(
          { tasks: Type.Array(NewTask, { minItems: 1, maxItems: MAX_TASKS }) },
          { additionalProperties: false },
        ),
        response: {
          202: Type.Object({
            accepted: Type.Integer(),
            ids: Type.Array(Type.String(), { description: 'In the order of the request' }),
          }),
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const orders = request.body.tasks.map((task, place) =>
        orderOf(task, parts.allow, `/tasks/${place}`),
      );
      const ids = await acceptBatch(parts, orders, idempotencyKeyOf(request));
      return reply.code(202).send({ accepted: ids.length, ids });
    },
  );
}
