import type { Tally } from '@slipstream/jetstream';
import { type Static, Type } from 'typebox';
import { costOf, type ModelPrices } from './model-prices.ts';

const BrandOrNone = Type.Union([Type.String(), Type.Null()], {
  description: 'Null: no brand was named',
});

const cacheCounts = {
  exact: Type.Integer({ description: 'The same question had an answer' }),
  near: Type.Integer({ description: 'One that asks the same had an answer' }),
  misses: Type.Integer(),
  hitRate: Type.Union([Type.Number(), Type.Null()], {
    description: '0 to 1; null when nothing was asked',
  }),
};

/** What questions did in the window of `GET /v1/stats`. */
export const questionStats = {
  answerCache: Type.Object({
    ...cacheCounts,
    brands: Type.Array(Type.Object({ brand: BrandOrNone, ...cacheCounts })),
  }),
  modelUsage: Type.Array(
    Type.Object({
      brand: BrandOrNone,
      model: Type.String({ description: 'Answer model or embedder' }),
      calls: Type.Integer(),
      promptTokens: Type.Integer(),
      completionTokens: Type.Integer(),
      cost: Type.Union([Type.Number(), Type.Null()], {
        description: 'By SLIPSTREAM_MODEL_PRICES; null for a model without a price',
      }),
    }),
    { description: 'Tokens and cost per brand and model' },
  ),
};

const Stats = Type.Object(questionStats);
type QuestionStats = Static<typeof Stats>;
type CacheCounts = Omit<QuestionStats['answerCache'], 'brands'>;

/** Adds up the counters of a window. */
export function summarizeQuestions(tallies: readonly Tally[], prices: ModelPrices): QuestionStats {
  const caches = Map.groupBy(
    tallies.filter(({ measure }) => measure === 'cache'),
    ({ brand }) => brand,
  );
  const models = Map.groupBy(
    tallies.filter(({ measure }) => measure !== 'cache'),
    ({ brand, what }) => JSON.stringify([brand ?? null, what]),
  );
  return {
    answerCache: {
      ...cacheOf(tallies),
      brands: Array.from(caches, ([brand, own]) => ({ brand: brand ?? null, ...cacheOf(own) })),
    },
    modelUsage: [...models.values()].map((own) => usageOf(own, prices)),
  };
}

function cacheOf(tallies: readonly Tally[]): CacheCounts {
  const sum = (what: string) => sumOf(tallies, 'cache', what);
  const [exact, near, misses] = [sum('exact'), sum('near'), sum('miss')];
  const all = exact + near + misses;
  return { exact, near, misses, hitRate: all === 0 ? null : (exact + near) / all };
}

function usageOf(
  tallies: readonly Tally[],
  prices: ModelPrices,
): QuestionStats['modelUsage'][number] {
  const { brand, what: model } = tallies[0] as Tally;
  const tokens = {
    promptTokens: sumOf(tallies, 'prompt', model),
    completionTokens: sumOf(tallies, 'completion', model),
  };
  return {
    brand: brand ?? null,
    model,
    calls: sumOf(tallies, 'calls', model),
    ...tokens,
    cost: costOf(prices, model, tokens),
  };
}

const sumOf = (tallies: readonly Tally[], measure: Tally['measure'], what: string): number =>
  tallies
    .filter((one) => one.measure === measure && one.what === what)
    .reduce((sum, { count }) => sum + count, 0);
