import { ConfigError } from '@slipstream/config';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const Price = Type.Number({ minimum: 0 });
const Prices = Type.Record(
  Type.String(),
  Type.Object({ prompt: Price, completion: Type.Optional(Price) }, { additionalProperties: false }),
);

/** What a million tokens of a model cost, in whatever currency they were given in. */
export type ModelPrices = Readonly<
  Record<string, { readonly prompt: number; readonly completion?: number }>
>;

export const modelPricesSetting = Type.String({
  default: '{}',
  description:
    'Prices of a million tokens by model, as JSON: `{"gpt-x": {"prompt": 0.15, "completion": 0.6}}`; an embedder has no completion',
});

/** The prices of SLIPSTREAM_MODEL_PRICES. Throws a `ConfigError` that says what does not fit. */
export function modelPrices(text: string): ModelPrices {
  try {
    return Value.Parse(Prices, JSON.parse(text));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `SLIPSTREAM_MODEL_PRICES is not as {"gpt-x": {"prompt": 0.15, "completion": 0.6}}: ${why}`,
      { cause: error },
    );
  }
}

/** The cost of these tokens; null when the model has no price. */
export function costOf(
  prices: ModelPrices,
  model: string,
  tokens: { readonly promptTokens: number; readonly completionTokens: number },
): number | null {
  const price = prices[model];
  if (!price) return null;
  const { prompt, completion = 0 } = price;
  const cost = tokens.promptTokens * prompt + tokens.completionTokens * completion;
  // Rounded to a millionth of a millionth, so that sums look like sums.
  return Math.round(cost * 1e6) / 1e12;
}
