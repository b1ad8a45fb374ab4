import { categoryNames, type Problem, problems } from '@slipstream/contracts';
import { Type } from 'typebox';
import type { TaskAnswer } from '../tasks/task-answer.ts';

/** RFC 9457, as every error is answered. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'Where the code is explained' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.Enum(Object.keys(problems) as (keyof typeof problems)[]),
    errors: Type.Optional(
      Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
        description: 'What does not fit, by JSON pointer',
      }),
    ),
    traceId: Type.String(),
  },
  { $id: 'Problem' },
);

/** In answers: the shared schemas by name. */
export const TaskRef = Type.Unsafe<TaskAnswer>({ $ref: 'Task#' });
const ProblemRef = Type.Unsafe<Problem>({ $ref: 'Problem#' });

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: ProblemRef } },
});

/** The errors that any call may be answered with. */
export const anyProblem = {
  '4xx': problem('The request cannot be met as it is; `code` tells why'),
  '5xx': problem('NATS is away, a queue is full, or something is wrong on our side'),
} as const;

/** Headers of requests that create work. */
export const CreateHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The same key and body give the same task; another body gives 409',
    }),
  ),
});

/** Who is told when the task has ended; a field of requests that create one task. */
export const WebhookField = Type.Optional(
  Type.Object(
    {
      url: Type.String({ minLength: 1, maxLength: 2_048, description: 'An http or https URL' }),
      secret: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 200,
          description:
            'Signs what is sent (Standard Webhooks): `whsec_` and base64, or any text. Never shown again',
        }),
      ),
    },
    {
      additionalProperties: false,
      description: 'Gets the task by POST when it has ended: see docs/guides/webhooks.md',
    },
  ),
);

export const IdParams = Type.Object({ id: Type.String({ description: 'UUIDv7 of a task' }) });

export const CategoryParams = Type.Object({ category: Type.Enum([...categoryNames]) });

export const WaitMs = (defaultMs: number) =>
  Type.Integer({
    minimum: 0,
    maximum: 60_000,
    default: defaultMs,
    description: 'How long to wait for the end of the task, ms',
  });

/** What a stream of events is in the description of an answer. */
export const eventStream = (description: string) => ({
  description,
  content: { 'text/event-stream': { schema: Type.String() } },
});
