import { expect, test } from 'vitest';
import { fitLogistic, logit } from './logistic.ts';

test('odds that made the examples are found again, whatever the sizes of the features', () => {
  // Of each pair of features as many are what is looked for as the odds say.
  const odds = (one: number, other: number) => Math.exp(3 * one - 0.2 * other + 0.5);
  const examples = [-1, -0.5, 0, 0.5, 1].flatMap((one) =>
    [-20, -10, 0, 10, 20].flatMap((other) => {
      const share = odds(one, other) / (1 + odds(one, other));
      const features = [one, other];
      return [
        { features, is: true, weight: share },
        { features, is: false, weight: 1 - share },
      ];
    }),
  );
  const weights = fitLogistic(examples);
  expect(weights[0]).toBeCloseTo(3, 0);
  expect(weights[1]).toBeCloseTo(-0.2, 1);
  expect(logit(weights, [1, 0])).toBeGreaterThan(logit(weights, [0, 0]));
});
