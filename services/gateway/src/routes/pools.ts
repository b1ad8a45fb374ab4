import type { HttpApp } from '@slipstream/http';
import { readWorkers } from '@slipstream/worker';
import { Type } from 'typebox';
import { changePool } from '../control/change-pool.ts';
import { PoolChange, PoolView, readPool, readPools } from '../control/pool-view.ts';
import type { GatewayParts } from '../parts.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem, CategoryParams } from './shapes.ts';

const tags = ['operations'];

export function poolRoutes(app: HttpApp, { bus, broker }: GatewayParts): void {
  app.get(
    '/v1/pools',
    {
      schema: {
        tags,
        operationId: 'listPools',
        summary: 'Every pool: slots per worker, replicas, limits of its queue',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(PoolView), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => {
      const pools = await broker.call(() => readPools(bus));
      return pageOfWhole(pools, ({ category }) => category, query);
    },
  );

  app.patch(
    '/v1/pools/:category',
    {
      schema: {
        tags,
        operationId: 'changePool',
        summary: 'Change a pool in every process, without restart',
        params: CategoryParams,
        body: PoolChange,
        response: { 200: PoolView, ...anyProblem },
      },
    },
    ({ params: { category }, body }) =>
      broker.call(async () => {
        await changePool(bus, category, body);
        return readPool(bus, category, await readWorkers(bus));
      }),
  );
}
