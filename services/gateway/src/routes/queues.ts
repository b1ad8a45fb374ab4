import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { QueueStatusSchema, readQueues } from '../status/queue-status.ts';
import { anyProblem } from './shapes.ts';

export function queueRoutes(app: HttpApp, { bus, broker, projection }: GatewayParts): void {
  app.get(
    '/v1/queues',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listQueues',
        summary: 'What waits and runs, per category and priority',
        response: {
          200: Type.Object({ items: Type.Array(QueueStatusSchema), nextCursor: Type.Null() }),
          ...anyProblem,
        },
      },
    },
    async () => ({ items: await broker.call(() => readQueues(bus, projection)), nextCursor: null }),
  );
}
