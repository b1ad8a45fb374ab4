import type { HttpApp } from '@slipstream/http';
import { readWorkers } from '@slipstream/worker';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { BreakerView, breakersOf } from '../status/breakers.ts';
import { ListQuery, NextCursor, pageOfWhole } from '../tasks/whole-list.ts';
import { anyProblem } from './shapes.ts';

export function breakerRoutes(app: HttpApp, { bus, broker }: GatewayParts): void {
  app.get(
    '/v1/breakers',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listBreakers',
        summary: 'Every breaker of every process, by dependency',
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(BreakerView), nextCursor: NextCursor }),
          ...anyProblem,
        },
      },
    },
    async ({ query }) => {
      const breakers = breakersOf(await broker.call(() => readWorkers(bus)));
      const keyOf = (one: (typeof breakers)[number]) =>
        `${one.dependency} ${one.endpoint} ${one.worker}`;
      return pageOfWhole(breakers, keyOf, query);
    },
  );
}
