import {
  categoryNames,
  ProblemError,
  priorities,
  type TaskDefinition,
  taskStates,
  tasks,
} from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import type { ListFilter } from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask, type Order } from '../tasks/accept-task.ts';
import { cancelById } from '../tasks/cancel-by-id.ts';
import { checkPayload, definitionOf } from '../tasks/check-payload.ts';
import { found } from '../tasks/found.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { formatPage, parsePage } from '../tasks/page.ts';
import { listedTask, taskAnswer } from '../tasks/task-answer.ts';
import { waitForTask } from '../tasks/wait-for-task.ts';
import { whenGone } from '../when-gone.ts';
import { anyProblem, CreateHeaders, IdParams, TaskRef, WaitMs } from './shapes.ts';

const YEAR_MS = 366 * 24 * 3_600_000;

const NewTask = Type.Object(
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
  },
  { additionalProperties: false },
);

const TaskFilter = Type.Object(
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
  const { bus, broker, projection, allow } = parts;
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
      const { kind, payload } = request.body;
      const definition = definitionOf(kind, '/kind');
      checkPayload(definition, payload, allow, '/payload');
      const order = orderOf(request.body, definition);
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
    async ({ query: { cursor, limit, ...filter } }) => {
      const before = parsePage(cursor);
      // One more than asked for tells whether there is another page.
      const asked: ListFilter = { ...filter, limit: limit + 1, ...(before && { before }) };
      if (broker.connected) await broker.call(() => projection.barrier());
      const rows = await projection.list(asked);
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      return { items: items.map(listedTask), nextCursor: last ? formatPage(last.id) : null };
    },
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
      return taskAnswer(bus, found(row, params.id));
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

function orderOf(body: Static<typeof NewTask>, definition: TaskDefinition): Order {
  const { kind: _kind, runAt, delayMs, ...rest } = body;
  if (runAt !== undefined && delayMs !== undefined) {
    throw new ProblemError('invalid-request', 'Give runAt or delayMs, not both.', {
      errors: [{ path: '/delayMs', message: 'must not be given beside runAt' }],
    });
  }
  const at = runAt !== undefined ? Date.parse(runAt) : delayMs && Date.now() + delayMs;
  return { ...rest, definition, ...(at && { runAt: at }) };
}
