import type { HttpApp } from '@slipstream/http';
import { readWorkers } from '@slipstream/worker';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem } from './shapes.ts';

const Time = Type.String({ format: 'date-time' });

const Pool = Type.Object({
  category: Type.String(),
  slots: Type.Integer({ description: 'Tasks that it may have in hand' }),
  inHand: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  retried: Type.Integer(),
  averageMs: Type.Number(),
  lastAt: Type.Optional(Time),
  stuck: Type.Optional(Type.String({ description: 'Why nothing moves although it should' })),
});

const Worker = Type.Object({
  worker: Type.String(),
  service: Type.String(),
  status: Type.Enum(['active', 'idle', 'stuck', 'draining']),
  startedAt: Time,
  seenAt: Time,
  pools: Type.Array(Pool),
  extra: Type.Optional(Type.Unknown({ description: 'What the service shows: breakers, models' })),
});

export function workerRoutes(app: HttpApp, { bus, broker }: GatewayParts): void {
  app.get(
    '/v1/workers',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listWorkers',
        summary: 'Every worker process that is alive',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(Worker), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => {
      const workers = await broker.call(() => readWorkers(bus));
      const items = workers
        .map((worker) => ({ ...worker, pools: [...worker.pools] }))
        .sort((one, other) => (one.worker < other.worker ? -1 : 1));
      return pageOfWhole(items, ({ worker }) => worker, query);
    },
  );
}
