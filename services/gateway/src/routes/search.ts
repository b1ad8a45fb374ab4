import { Brand, QueryFilters, tasks } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { type Static, Type } from 'typebox';
import type { GatewayParts } from '../parts.ts';
import { acceptTask } from '../tasks/accept-task.ts';
import { answerWithResult } from '../tasks/finish-task.ts';
import { anyProblem, TaskRef, WaitMs } from './shapes.ts';

const definition = tasks['search-knowledge'];

export function searchRoutes(app: HttpApp, parts: GatewayParts): void {
  const { q, mode, limit, expand } = definition.payload.properties;
  app.get(
    '/v1/search',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'search',
        summary: 'Rank chunks for a query, without an answer',
        querystring: Type.Object(
          {
            q,
            brand: Type.Optional(Brand),
            mode,
            limit,
            expand,
            source: Type.Optional(Type.String({ description: 'Origin of the site' })),
            urlPrefix: Type.Optional(Type.String()),
            since: QueryFilters.properties.since,
            waitMs: WaitMs(30_000),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ ...definition.result.properties, taskId: Type.String() }),
          202: TaskRef,
          ...anyProblem,
        },
      },
    },
    async ({ query: { waitMs, source, urlPrefix, since, ...asked } }, reply) => {
      const filters: Static<typeof QueryFilters> = {
        ...(source !== undefined && { source }),
        ...(urlPrefix !== undefined && { urlPrefix }),
        ...(since !== undefined && { since }),
      };
      const payload = Object.keys(filters).length > 0 ? { ...asked, filters } : asked;
      const task = await acceptTask(parts, { definition, payload }, undefined);
      return answerWithResult(parts, reply, task, waitMs);
    },
  );
}
