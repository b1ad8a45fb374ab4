import { brandToken, ProblemError, taskStates } from '@slipstream/contracts';
import { type HttpApp, sendEvents } from '@slipstream/http';
import type { TaskRow } from '@slipstream/tasklog';
import { type Static, Type } from 'typebox';
import { storeGroup } from '../ndjson/store-group.ts';
import { jsonOrLines, linesOf } from '../ndjson/take-ndjson.ts';
import type { GatewayParts } from '../parts.ts';
import { cancelById } from '../tasks/cancel-by-id.ts';
import { parseCursor } from '../tasks/cursor.ts';
import { followTask } from '../tasks/follow-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import { formatPage, parsePage } from '../tasks/page.ts';
import { retryById } from '../tasks/retry-by-id.ts';
import { taskAnswer } from '../tasks/task-answer.ts';
import { acceptWorkflow } from '../workflows/accept-workflow.ts';
import { expandWorkflow, NewWorkflow, nodeOfLine } from '../workflows/expand-workflow.ts';
import { nameTag, nodesOf, summaryOf, WorkflowView } from '../workflows/read-workflow.ts';
import { anyProblem, CreateHeaders, eventStream, IdParams, TaskRef } from './shapes.ts';

const KIND = 'run-workflow';
const MAX_BODY_BYTES = 16 << 20;
const { name, onFailure, concurrency } = NewWorkflow.properties;

export function workflowRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, broker, projection, allow } = parts;
  const tags = ['workflows'];

  app.post(
    '/v1/workflows',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        tags,
        operationId: 'createWorkflow',
        summary:
          'Run tasks that depend on each other: nodes with `after`, a chain, a group or a chord',
        headers: CreateHeaders,
        querystring: Type.Object(
          { name, onFailure, concurrency },
          { additionalProperties: false, description: 'For NDJSON; otherwise the body says it' },
        ),
        body: jsonOrLines(
          NewWorkflow,
          'One node of a group a line: `{"kind": ..., "payload": ...}`',
        ),
        response: { 202: WorkflowView, ...anyProblem },
      },
    },
    async (request, reply) => {
      const lines = linesOf(request);
      const nodeOf = (value: unknown, at: string) => nodeOfLine(value, at, allow);
      const workflow = lines
        ? { ...request.query, group: await storeGroup(parts, lines, brandToken('*'), nodeOf) }
        : expandWorkflow(request.body as Static<typeof NewWorkflow>, allow);
      const accepted = await acceptWorkflow(
        parts,
        workflow,
        idempotencyKeyOf(request, lines ? workflow : request.body),
      );
      return reply.code(202).header('location', `/v1/workflows/${accepted.id}`).send(accepted);
    },
  );

  app.get(
    '/v1/workflows',
    {
      schema: {
        tags,
        operationId: 'listWorkflows',
        summary: 'Workflows, newest first',
        querystring: Type.Object(
          {
            state: Type.Optional(Type.Enum([...taskStates])),
            name: Type.Optional(Type.String({ minLength: 1 })),
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
            cursor: Type.Optional(Type.String({ description: '`nextCursor` of the page before' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            items: Type.Array(WorkflowView),
            nextCursor: Type.Union([Type.String(), Type.Null()]),
          }),
          ...anyProblem,
        },
      },
    },
    async ({ query: { state, name, limit, cursor } }) => {
      const before = parsePage(cursor);
      if (broker.connected) await broker.call(() => projection.barrier());
      const rows = await projection.list({
        kind: KIND,
        limit: limit + 1,
        ...(state && { state }),
        ...(name && { tag: nameTag(name) }),
        ...(before && { before }),
      });
      const items = rows.slice(0, limit);
      const last = rows.length > limit ? items.at(-1) : undefined;
      const summaries = items.map((row) => summaryOf(row));
      return { items: summaries, nextCursor: last ? formatPage(last.id) : null };
    },
  );

  app.get(
    '/v1/workflows/:id',
    {
      schema: {
        tags,
        operationId: 'getWorkflow',
        summary: 'A workflow with its nodes, their states and how far it is',
        params: IdParams,
        querystring: Type.Object(
          {
            nodes: Type.Boolean({ default: true, description: 'false: leave the nodes out' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: WorkflowView, ...anyProblem },
      },
    },
    async ({ params: { id }, query }) => {
      const row = workflowRow(await projection.task(id), id);
      const nodes = query.nodes ? await nodesOf(bus, projection, row) : undefined;
      return { ...summaryOf(row), ...(nodes && { nodes }) };
    },
  );

  app.get(
    '/v1/workflows/:id/events',
    {
      schema: {
        tags,
        operationId: 'followWorkflow',
        summary: 'The story of a workflow as server-sent events: `state`, `progress`, `result`',
        params: IdParams,
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
        response: {
          200: eventStream('`progress` counts the nodes'),
          204: Type.Undefined({ description: 'The client has had all of it' }),
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const from = parseCursor(request.headers['last-event-id']);
      workflowRow(await projection.task(id), id);
      if (from.ended) return reply.code(204).send();
      return sendEvents(reply, (signal) => followTask(parts, id, from, signal));
    },
  );

  app.post(
    '/v1/workflows/:id/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelWorkflow',
        summary: 'Cancel a workflow: running nodes are stopped, the others never run',
        params: IdParams,
        response: { 200: TaskRef, ...anyProblem },
      },
    },
    async ({ params: { id } }) => {
      workflowRow(await projection.task(id), id);
      return taskAnswer(bus, await cancelById(parts, id));
    },
  );

  app.post(
    '/v1/workflows/:id/retry',
    {
      schema: {
        tags,
        operationId: 'retryWorkflow',
        summary:
          'Go on with a workflow that failed or was cancelled: what succeeded stays, the rest runs',
        params: IdParams,
        response: { 202: WorkflowView, ...anyProblem },
      },
    },
    async ({ params: { id } }, reply) => {
      workflowRow(await projection.task(id), id);
      return reply.code(202).send(summaryOf(await retryById(parts, id)));
    },
  );
}

function workflowRow(row: TaskRow | undefined, id: string): TaskRow {
  if (row?.kind === KIND) return row;
  throw new ProblemError('workflow-not-found', `No workflow has the id '${id}'.`);
}
