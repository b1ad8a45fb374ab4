/** One example: its features, whether it is one of what is looked for, and how much it counts. */
export interface Example {
  readonly features: readonly number[];
  readonly is: boolean;
  readonly weight: number;
}

const STEPS = 6_000;
const RATE = 4;
/** Keeps features that part few examples from growing without end. */
const DECAY = 0.0003;

/**
 * Logistic regression by gradient descent, with features stretched to at most 1.
 *
 * @returns a weight for each feature, and the constant
 */
export function fitLogistic(examples: readonly Example[]): number[] {
  const size = examples[0]?.features.length ?? 0;
  const scales = Array.from({ length: size }, (_, at) =>
    Math.max(...examples.map(({ features }) => Math.abs(features[at] ?? 0)), Number.MIN_VALUE),
  );
  const total = examples.reduce((sum, { weight }) => sum + weight, 0);
  const stretched = examples.map(({ features, is, weight }) => ({
    features: features.map((value, at) => value / (scales[at] ?? 1)),
    is,
    weight: weight / total,
  }));
  const weights = new Array<number>(size + 1).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const slope = weights.map((weight, at) => (at < size ? DECAY * weight : 0));
    for (const { features, is, weight } of stretched) {
      const error = (sigmoid(logit(weights, features)) - (is ? 1 : 0)) * weight;
      for (const [at, value] of [...features, 1].entries())
        slope[at] = (slope[at] ?? 0) + error * value;
    }
    for (const [at, value] of slope.entries()) weights[at] = (weights[at] ?? 0) - RATE * value;
  }
  return weights.map((weight, at) => weight / (scales[at] ?? 1));
}

/** The logarithm of the odds that the weights give to features. */
export const logit = (weights: readonly number[], features: readonly number[]): number =>
  [...features, 1].reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
