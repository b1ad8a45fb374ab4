import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { QueueStatusSchema, readQueues } from '../status/queue-status.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem } from './shapes.ts';

export function queueRoutes(app: HttpApp, { bus, broker, projection }: GatewayParts): void {
  app.get(
    '/v1/queues',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listQueues',
        summary: 'What waits and runs, per category and priority',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(QueueStatusSchema), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => {
      const queues = await broker.call(() => readQueues(bus, projection));
      return pageOfWhole(queues, ({ category, priority }) => `${category} ${priority}`, query);
    },
  );
}
