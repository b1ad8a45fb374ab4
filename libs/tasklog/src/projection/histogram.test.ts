import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTo, emptyHistogram, noteIn, percentile } from './histogram.ts';

test('a percentile is right to a fifth, whatever was counted', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 100_000_000 }), { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (durations, share) => {
        const histogram = emptyHistogram();
        for (const ms of durations) noteIn(histogram, ms);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const said = percentile(histogram, share) ?? 0;
        expect(said).toBeGreaterThan(exact / 1.2);
        expect(said).toBeLessThan(exact * 1.2 + 0.1);
      },
    ),
  );
});

test('sums count both, and nothing has no percentile', () => {
  const [one, other] = [emptyHistogram(), emptyHistogram()];
  noteIn(one, 0);
  noteIn(other, 1_000);
  addTo(one, other);
  expect(percentile(one, 0.5)).toBeLessThanOrEqual(1);
  expect(percentile(one, 1)).toBeGreaterThan(850);
  expect(percentile(emptyHistogram(), 0.5)).toBeNull();
});
