import { categoryNames, taskStates } from '@slipstream/contracts';
import { type HttpApp, sendEvents } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { followAll, parsePlace } from '../tasks/follow-all.ts';
import { anyProblem, eventStream } from './shapes.ts';

export function eventRoutes(app: HttpApp, parts: GatewayParts): void {
  const { bus, broker } = parts;
  app.get(
    '/v1/events',
    {
      schema: {
        tags: ['tasks'],
        operationId: 'followEverything',
        summary: 'What happens to all tasks as server-sent events, from now on',
        querystring: Type.Object(
          {
            category: Type.Optional(Type.Enum([...categoryNames])),
            kind: Type.Optional(Type.String()),
            state: Type.Optional(
              Type.Enum([...taskStates], { description: 'The state that a task has come to' }),
            ),
            tag: Type.Optional(Type.String()),
          },
          { additionalProperties: false },
        ),
        headers: Type.Object({
          'last-event-id': Type.Optional(
            Type.String({ description: 'The `id` of the last event received: go on after it' }),
          ),
        }),
        response: {
          200: eventStream(
            '`state` when a task has come to another state, `progress`; each names the task by id, run, kind, category and tags',
          ),
          ...anyProblem,
        },
      },
    },
    async (request, reply) => {
      const from = parsePlace(request.headers['last-event-id']) ?? (await now());
      return sendEvents(reply, (signal) => followAll(parts, request.query, from, signal));
    },
  );

  async function now() {
    const { state } = await broker.call(() => bus.manager.streams.info('EVENTS'));
    return { seq: state.last_seq, nth: Number.POSITIVE_INFINITY };
  }
}
