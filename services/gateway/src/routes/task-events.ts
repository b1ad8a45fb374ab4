import { type HttpApp, sendEvents } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { parseCursor } from '../tasks/cursor.ts';
import { followTask } from '../tasks/follow-task.ts';
import { found } from '../tasks/found.ts';
import { anyProblem, eventStream, IdParams } from './shapes.ts';

export function taskEventRoutes(app: HttpApp, parts: GatewayParts): void {
  app.get(
    '/v1/tasks/:id/events',
    {
      schema: {
        tags: ['tasks'],
        operationId: 'followTask',
        summary: 'The story of a task as server-sent events, from the beginning until it is final',
        params: IdParams,
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ description: 'The `id` of the last event received: go on after it' }),
          ),
        }),
        response: {
          200: eventStream(
            '`state` (a Task) at every transition, `progress`, `token` and other partial results, `result` (the Task with its result) at the end',
          ),
          204: Type.Undefined({ description: 'The client has had all of it' }),
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const from = parseCursor(request.headers['last-event-id']);
      found(await parts.projection.task(id), id);
      // An EventSource comes again after every end; this is how it is told to stop.
      if (from.ended) return reply.code(204).send();
      return sendEvents(reply, (signal) => followTask(parts, id, from, signal));
    },
  );
}
