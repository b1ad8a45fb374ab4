import { tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { listPage } from '../tasks/list-page.ts';
import { anyProblem, CreateHeaders, TaskRef } from './shapes.ts';

const definition = tasks['evaluate'];

/** An evaluation is a task: its report is the task's result. */
export function evaluationRoutes(app: HttpApp, parts: GatewayParts): void {
  const tags = ['knowledge'];

  app.post(
    '/v1/evaluations',
    {
      schema: {
        tags,
        operationId: 'createEvaluation',
        summary: 'Measure retrieval, answers and refusals on questions whose answers are known',
        description: 'See docs/guides/evaluate-your-knowledge.md',
        headers: CreateHeaders,
        body: definition.payload,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const order = { definition, payload: request.body };
      const task = await acceptTask(parts, order, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );

  app.get(
    '/v1/evaluations',
    {
      schema: {
        tags,
        operationId: 'listEvaluations',
        summary: 'Evaluations with their reports, newest first',
        querystring: Type.Object(
          {
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
            cursor: Type.Optional(Type.String({ description: '`nextCursor` of the page before' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(TaskRef),
            nextCursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...anyProblem,
        },
      },
    },
    async ({ query: { cursor, limit } }) =>
      listPage(parts, { kind: definition.kind, limit }, cursor),
  );
}
