import { priorities, taskStates } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { holds, whyOf } from '../status/why.ts';
import { found } from '../tasks/found.ts';
import { anyProblem, IdParams } from './shapes.ts';

const Why = Type.Object({
  id: Type.String(),
  state: Type.Enum([...taskStates]),
  heldBy: Type.Enum([...holds]),
  words: Type.String(),
  until: Type.Optional(Type.String({ format: 'date-time', description: 'When it may go on' })),
  worker: Type.Optional(Type.String()),
  error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  children: Type.Optional(
    Type.Object({ total: Type.Integer(), open: Type.Integer(), failed: Type.Integer() }),
  ),
  queue: Type.Optional(
    Type.Object({
      position: Type.Integer({ description: 'From 1, within its category and priority' }),
      effectivePriority: Type.Enum([...priorities]),
      higher: Type.Integer({ description: 'Tasks of higher priorities that go first' }),
      workers: Type.Integer(),
      slots: Type.Integer(),
      inHand: Type.Integer(),
      paused: Type.Boolean(),
    }),
  ),
});

export function whyRoutes(app: HttpApp, parts: GatewayParts): void {
  const { broker, projection } = parts;
  app.get(
    '/v1/tasks/:id/why',
    {
      schema: {
        tags: ['tasks'],
        operationId: 'explainTask',
        summary: 'Where a task is, and what holds it',
        params: IdParams,
        response: { 200: Why, ...anyProblem },
      },
    },
    ({ params: { id } }) =>
      broker.call(async () => {
        await projection.barrier();
        const row = found(await projection.task(id), id);
        return whyOf(parts, row);
      }),
  );
}
