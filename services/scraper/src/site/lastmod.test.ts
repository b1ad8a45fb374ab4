import { expect, test } from 'vitest';
import { isUnchanged } from './lastmod.ts';

const now = Date.parse('2026-03-10T12:00:00Z');

test.each([
  ['before our fetch', '2026-03-09T23:59:59+00:00', true],
  ['in another zone, and after it', '2026-03-09T23:59:59-05:00', false],
  ['after it', '2026-03-10T00:00:01Z', false],
  ['a day that was over everywhere', '2026-03-08', true],
  ['a day that may not have been over', '2026-03-09', false],
  ['missing', undefined, false],
  ['in the future', '2026-03-11T00:00:00Z', false],
  ['a month', '2026-02', false],
  ['a time of no zone', '2026-03-01T10:00:00', false],
  ['nonsense', '2026-99-99T99:99:99Z', false],
])('a lastmod that is %s: %s', (_, lastmod, unchanged) => {
  expect(isUnchanged(lastmod, '2026-03-10T00:00:00Z', now)).toBe(unchanged);
});

test('after a week without a fetch no sitemap is believed', () => {
  const lastmod = '2020-01-01T00:00:00Z';
  expect(isUnchanged(lastmod, '2026-03-03T12:00:01Z', now)).toBe(true);
  expect(isUnchanged(lastmod, '2026-03-03T12:00:00Z', now)).toBe(false);
});
