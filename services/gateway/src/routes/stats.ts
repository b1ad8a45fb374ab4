import type { HttpApp } from '@slipstream/http';
import { readTallies } from '@slipstream/jetstream';
import { successRate } from '@slipstream/tasklog';
import { Type } from 'typebox';
import { modelPrices } from '../answers/model-prices.ts';
import { questionStats, summarizeQuestions } from '../answers/question-stats.ts';
import type { GatewayParts } from '../parts.ts';
import { anyProblem } from './shapes.ts';

const windowsMs = { '5m': 300_000, '1h': 3_600_000, '24h': 86_400_000 } as const;

const Rate = Type.Union([Type.Number(), Type.Null()], {
  description: 'Of those that succeeded or failed, 0 to 1; null when none did',
});
const Ms = Type.Union([Type.Number(), Type.Null()]);
const Percentiles = (description: string) =>
  Type.Object({ p50: Ms, p95: Ms, p99: Ms }, { description });

const counts = {
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  cancelled: Type.Integer(),
  successRate: Rate,
};

const Stats = Type.Object({
  window: Type.String(),
  since: Type.String({ format: 'date-time', description: 'Begin of the first minute counted' }),
  ...counts,
  ...questionStats,
  kinds: Type.Array(
    Type.Object({
      kind: Type.String(),
      category: Type.String(),
      ...counts,
      waitMs: Percentiles('From queued to started; right to about a tenth'),
      runMs: Percentiles('From started to ended, waiting for children included'),
    }),
  ),
});

export function statsRoutes(app: HttpApp, { broker, bus, config, projection }: GatewayParts): void {
  const prices = modelPrices(config.SLIPSTREAM_MODEL_PRICES);
  app.get(
    '/v1/stats',
    {
      schema: {
        tags: ['operations'],
        operationId: 'getStats',
        summary:
          'What ended lately: success rate, waits and runs per kind, cache hits, tokens and cost',
        querystring: Type.Object(
          {
            window: Type.Enum(Object.keys(windowsMs) as ('5m' | '1h' | '24h')[], { default: '1h' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Stats, ...anyProblem },
      },
    },
    async ({ query: { window } }) => {
      if (broker.connected) await broker.call(() => projection.barrier());
      const since = Math.floor((Date.now() - windowsMs[window]) / 60_000) * 60_000;
      const [kinds, tallies] = await Promise.all([
        projection.ask('stats', since),
        broker.connected ? broker.call(() => readTallies(bus, since)) : [],
      ]);
      const sum = (of: 'succeeded' | 'failed' | 'cancelled') =>
        kinds.reduce((total, kind) => total + kind[of], 0);
      const total = {
        succeeded: sum('succeeded'),
        failed: sum('failed'),
        cancelled: sum('cancelled'),
      };
      return {
        window,
        since: new Date(since).toISOString(),
        ...total,
        successRate: successRate(total),
        ...summarizeQuestions(tallies, prices),
        kinds: [...kinds],
      };
    },
  );
}
