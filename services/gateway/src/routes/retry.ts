import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { retryById } from '../tasks/retry-by-id.ts';
import { taskAnswer } from '../tasks/task-answer.ts';
import { anyProblem, IdParams, TaskRef } from './shapes.ts';

const Retry = Type.Object(
  { payload: Type.Optional(Type.Unknown({ description: 'In place of the one that failed' })) },
  { additionalProperties: false },
);

export function retryRoutes(app: HttpApp, parts: GatewayParts): void {
  app.post(
    '/v1/tasks/:id/retry',
    {
      schema: {
        tags: ['tasks'],
        operationId: 'retryTask',
        summary:
          'Put a failed or cancelled task back into its queue, on request with another payload',
        params: IdParams,
        body: Retry,
        response: { 202: TaskRef, ...anyProblem },
      },
      preValidation: async (request) => {
        request.body ??= {};
      },
    },
    async ({ params: { id }, body }, reply) => {
      const edited = body.payload === undefined ? undefined : { payload: body.payload };
      const row = await retryById(parts, id, edited);
      return reply.code(202).send(await taskAnswer(parts.bus, row));
    },
  );
}
