import { categoryNames, taskStates } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { cancelById } from '../tasks/cancel-by-id.ts';
import { found } from '../tasks/found.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { listPage } from '../tasks/list-page.ts';
import { NewTask, orderOf } from '../tasks/new-task.ts';
import { taskAnswer, workflowOf } from '../tasks/task-answer.ts';
import { waitForTask } from '../tasks/wait-for-task.ts';
import { whenGone } from '../when-gone.ts';
import { anyProblem, CreateHeaders, IdParams, TaskRef, WaitMs } from './shapes.ts';

export const TaskFilter = Type.Object(
  {
    state: Type.Optional(Type.Enum([...taskStates])),
    category: Type.Optional(Type.Enum([...categoryNames])),
    kind: Type.Optional(Type.String()),
    tag: Type.Optional(Type.String()),
    parentId: Type.Optional(Type.String({ description: 'Children of this task' })),
    q: Type.Optional(
      Type.String({ minLength: 1, description: 'An id, part of a kind, or words of an error' }),
    ),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
    cursor: Type.Optional(Type.String({ description: '`nextCursor` of the page before' })),
  },
  { additionalProperties: false },
);

export function taskRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, projection, allow } = parts;
  const tags = ['tasks'];

  app.post(
    '/v1/tasks',
    {
      schema: {
        tags,
        operationId: 'createTask',
        summary: 'Submit a task of any kind',
        headers: CreateHeaders,
        body: NewTask,
        response: { 202: TaskRef, ...anyProblem },
      },
    },
    async (request, reply) => {
      const order = orderOf(request.body, allow);
      const task = await acceptTask(parts, order, idempotencyKeyOf(request));
      return reply.code(202).header('location', `/v1/tasks/${task.id}`).send(task);
    },
  );

  app.get(
    '/v1/tasks',
    {
      schema: {
        tags,
        operationId: 'listTasks',
        summary: 'Tasks, newest first',
        querystring: TaskFilter,
        response: {
          200: Type.Object({
            items: Type.Array(TaskRef),
            nextCursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...anyProblem,
        },
      },
    },
    async ({ query: { cursor, ...filter } }) => listPage(parts, filter, cursor),
  );

  app.get(
    '/v1/tasks/:id',
    {
      schema: {
        tags,
        operationId: 'getTask',
        summary: 'A task, on request as soon as it is final',
        params: IdParams,
        querystring: Type.Object({ waitMs: WaitMs(0) }, { additionalProperties: false }),
        response: { 200: TaskRef, ...anyProblem },
      },
    },
    async ({ params, query }, reply) => {
      const row = await waitForTask(projection, params.id, query.waitMs, whenGone(reply));
      const task = found(row, params.id);
      return { ...(await taskAnswer(bus, task)), ...(await workflowOf(projection, task)) };
    },
  );

  app.post(
    '/v1/tasks/:id/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelTask',
        summary: 'Cancel a task: queued it never runs, running it is stopped',
        params: IdParams,
        response: { 200: TaskRef, ...anyProblem },
      },
    },
    async ({ params: { id } }) => taskAnswer(bus, await cancelById(parts, id)),
  );
}
