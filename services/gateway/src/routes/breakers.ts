import type { HttpApp } from '@slipstream/http';
import { readWorkers } from '@slipstream/worker';
import { Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { BreakerView, breakersOf } from '../status/breakers.ts';
import { anyProblem } from './shapes.ts';

export function breakerRoutes(app: HttpApp, { bus, broker }: GatewayParts): void {
  app.get(
    '/v1/breakers',
    {
      schema: {
        tags: ['operations'],
        operationId: 'listBreakers',
        summary: 'Every breaker of every process, by dependency',
        response: {
          200: Type.Object({ items: Type.Array(BreakerView), nextCursor: Type.Null() }),
          ...anyProblem,
        },
      },
    },
    async () => ({
      items: breakersOf(await broker.call(() => readWorkers(bus))),
      nextCursor: null,
    }),
  );
}
