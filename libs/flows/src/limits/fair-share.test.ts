import { expect, test } from 'vitest';
import { dice } from '../../test/dice.ts';
import { FairShare } from './fair-share.ts';

test.each(Array.from({ length: 20 }, (_, index) => index + 1))(
  'over any stretch with the same tenants at work each gets its weight to within a round (%i)',
  (seed) => {
    const random = dice(seed);
    const weights = new Map(['a', 'b', 'c', 'd'].map((name) => [name, 0.5 + random() * 4]));
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const fair = new FairShare();
    const active = new Set(weights.keys());
    const served = Array.from({ length: 1_000 }, () =>
      fair.next(active, (name) => weights.get(name) ?? 1),
    );
    for (let from = 0; from < 900; from += 37) {
      for (const length of [50, 100]) {
        const stretch = served.slice(from, from + length);
        for (const [name, weight] of weights) {
          const got = stretch.filter((tenant) => tenant === name).length;
          expect(Math.abs(got - (length * weight) / total)).toBeLessThanOrEqual(weight + 3);
        }
      }
    }
  },
);

test('who had no work has saved nothing', () => {
  const fair = new FairShare();
  for (let turn = 0; turn < 100; turn++) fair.next(new Set(['busy']), () => 1);
  const both = new Set(['busy', 'late']);
  const next = Array.from({ length: 10 }, () => fair.next(both, () => 1));
  expect(next.filter((tenant) => tenant === 'late')).toHaveLength(5);
});

test('nobody at work: nobody is next', () => {
  expect(new FairShare().next(new Set(), () => 1)).toBeUndefined();
});
