import { ProblemError, tasks } from '@slipstream/contracts';
import { type HttpApp, problemOf, type ServerSentEvent, sendEvents } from '@slipstream/http';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { beginning } from '../tasks/cursor.ts';
import { answerWithResult, resultOf } from '../tasks/finish-task.ts';
import { followTask } from '../tasks/follow-task.ts';
import { idempotencyKeyOf } from '../tasks/idempotency.ts';
import type { TaskAnswer } from '../tasks/task-answer.ts';
import { anyProblem, CreateHeaders, TaskRef, WaitMs, WebhookField } from './shapes.ts';

const definition = tasks['answer-question'];
const DEFAULT_WAIT_MS = 30_000;

export function queryRoutes(app: HttpApp, parts: GatewayParts): void {
  const Answer = Type.Object({ ...definition.result.properties, taskId: Type.String() });
  app.post(
    '/v1/queries',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'createQuery',
        summary: 'Ask a question: an answer with citations, or the reason why there is none',
        description:
          'With `Accept: text/event-stream` the answer is streamed: `citations`, `token`, and `done` with all of it, or `error` with a problem.',
        headers: CreateHeaders,
        body: Type.Object(
          {
            ...definition.payload.properties,
            waitMs: Type.Optional(WaitMs(DEFAULT_WAIT_MS)),
            webhook: WebhookField,
          },
          { additionalProperties: false },
        ),
        response: {
          200: {
            description: 'The answer',
            content: {
              'application/json': { schema: Answer },
              'text/event-stream': { schema: Type.String() },
            },
          },
          202: TaskRef,
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const { waitMs = DEFAULT_WAIT_MS, webhook, ...payload } = request.body;
      const task = await acceptTask(
        parts,
        { definition, payload, ...(webhook && { webhook }) },
        idempotencyKeyOf(request),
      );
      if (!wantsEvents(request)) return answerWithResult(parts, reply, task, waitMs);
      reply.header('location', `/v1/tasks/${task.id}`);
      return sendEvents(reply, (signal) => answerEvents(parts, request, task.id, signal));
    },
  );
}

const wantsEvents = ({ headers }: FastifyRequest): boolean =>
  headers.accept?.includes('text/event-stream') ?? false;

/** What a reader of an answer needs of the task's story. */
async function* answerEvents(
  parts: GatewayParts,
  request: FastifyRequest,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<ServerSentEvent> {
  for await (const { event, data } of followTask(parts, id, beginning, signal)) {
    if (event === 'result') yield lastEvent(request, data as TaskAnswer);
    else if (event !== 'state' && event !== 'progress') yield { event, data };
  }
}

function lastEvent(request: FastifyRequest, task: TaskAnswer): ServerSentEvent {
  try {
    return { event: 'done', data: resultOf(task) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { event: 'error', data: problemOf(error, request) };
  }
}
