import { Brand } from '@slipstream/contracts';
import type { HttpApp } from '@slipstream/http';
import { Type } from 'typebox';
import { CoverageGap, coverageGaps } from '../answers/coverage-gaps.ts';
import type { GatewayParts } from '../parts.ts';
import { anyProblem } from './shapes.ts';

const WEEK_MS = 7 * 86_400_000;

export function coverageGapRoutes(app: HttpApp, { broker, bus }: GatewayParts): void {
  app.get(
    '/v1/coverage-gaps',
    {
      schema: {
        tags: ['knowledge'],
        operationId: 'listCoverageGaps',
        summary: 'What was asked and not answered, most asked first',
        description:
          'Questions are kept for 30 days. Of each outcome the newest 1,000 are grouped.',
        querystring: Type.Object(
          {
            brand: Type.Optional(Brand),
            since: Type.Optional(
              Type.String({ format: 'date-time', description: 'Default: a week ago' }),
            ),
            limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ items: Type.Array(CoverageGap), nextCursor: Type.Null() }),
          ...anyProblem,
        },
      },
    },
    async ({ query: { brand, since, limit } }) => {
      const from = since === undefined ? Date.now() - WEEK_MS : Date.parse(since);
      const gaps = await broker.call(() => coverageGaps(bus, { brand, since: from }));
      return { items: gaps.slice(0, limit), nextCursor: null };
    },
  );
}
