import { ProblemError, type TaskDefinition, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { type Replayable, replayTask, type TaskRow } from '@slipstream/tasklog';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { checkPayload } from '../tasks/check-payload.ts';
import { found } from '../tasks/found.ts';
import { taskAnswer } from '../tasks/task-answer.ts';
import { anyProblem, IdParams, TaskRef } from './shapes.ts';

/** A parent's children are put back too, which takes about a millisecond each. */
const LIMIT_MS = 60_000;

const Retry = Type.Object(
  { payload: Type.Optional(Type.Unknown({ description: 'In place of the one that failed' })) },
  { additionalProperties: false },
);

export function retryRoutes(app: HttpApp, { bus, broker, projection, allow }: GatewayParts): void {
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
      const task = await broker.call(async () => {
        await projection.barrier();
        const row = found(await projection.task(id), id);
        if (!mayReplay(row))
          throw new ProblemError('task-not-failed', `Task ${id} is ${row.state}.`);
        if (body.payload !== undefined) {
          checkPayload(definitionOf(row), body.payload, allow, '/payload');
        }
        const edited = body.payload === undefined ? undefined : { payload: body.payload };
        const outcome = await replayTask(bus, projection, row as Replayable, edited);
        if (outcome === 'raced') {
          throw new ProblemError('task-not-failed', `Task ${id} has just been retried.`);
        }
        if (outcome === 'source-gone') {
          throw new ProblemError(
            'task-source-gone',
            `The log no longer holds what task ${id} was.`,
          );
        }
        await projection.barrier();
        return taskAnswer(bus, found(await projection.task(id), id));
      }, LIMIT_MS);
      return reply.code(202).send(task);
    },
  );
}

const mayReplay = ({ state }: TaskRow): boolean => state === 'failed' || state === 'cancelled';

function definitionOf({ kind }: TaskRow): TaskDefinition {
  const known = (tasks as Readonly<Record<string, TaskDefinition>>)[kind];
  if (known) return known;
  throw new ProblemError('unknown-kind', `'${kind}' is a kind that this version does not know.`);
}
