import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginningOf, nextRuns, runsBetween, serverTiming, timingMistakes } from './timing.ts';

const at = (text: string): number => Date.parse(text);
const iso = (times: readonly number[]): string[] => times.map((ms) => new Date(ms).toISOString());
const since = at('2026-01-01T00:00:00Z');

test.each([
  ['*/10 * * * *', 'UTC'],
  ['0 30 6 * * MON-FRI', 'Europe/Berlin'],
  ['@every 1h30m', 'UTC'],
  ['@daily', 'America/New_York'],
])('%s in %s can be kept', (cron, timezone) => {
  expect(timingMistakes(cron, timezone)).toEqual([]);
});

test.each([
  ['* * *', 'five or six fields'],
  ['61 * * * *', 'minute'],
  ['0 0 30 2 *', 'no time that ever comes'],
  ['0 0 L * *', 'five or six fields'],
  ['0 0 * * 7', 'Sunday is 0'],
  ['0 0 ? * *', 'five or six fields'],
  ['@every 500ms', 'at least one second'],
  ['@every 0s', 'at least one second'],
  ['@hourlyish', 'five or six fields'],
])('%s is refused under /cron in words', (cron, words) => {
  const [mistake] = timingMistakes(cron, 'UTC');
  expect(mistake?.path).toBe('/cron');
  expect(mistake?.message).toMatch(new RegExp(words));
});

test.each(['Mars/Olympus', '', '+01:00'])("'%s' is no time zone", (timezone) => {
  expect(timingMistakes('@daily', timezone).map(({ path }) => path)).toEqual(['/timezone']);
});

test('an hour that the clock leaves out runs once, later; one that it repeats runs once', () => {
  const nightly = { cron: '30 2 * * *', timezone: 'Europe/Berlin', sinceMs: since };
  expect(iso(nextRuns(nightly, at('2026-03-28T12:00:00Z'), 2))).toEqual([
    '2026-03-29T01:00:00.000Z',
    '2026-03-30T00:30:00.000Z',
  ]);
  expect(iso(nextRuns(nightly, at('2026-10-24T12:00:00Z'), 2))).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('@every counts from the beginning of the schedule', () => {
  const every = { cron: '@every 90s', timezone: 'UTC', sinceMs: since };
  expect(iso(nextRuns(every, since, 2))).toEqual([
    '2026-01-01T00:01:30.000Z',
    '2026-01-01T00:03:00.000Z',
  ]);
});

test('a schedule that is made just before a full minute fires at it', () => {
  const now = at('2026-01-01T00:00:59.700Z');
  const cron = '* * * * *';
  const timing = { cron, timezone: 'UTC', sinceMs: beginningOf(cron, now) };
  expect(iso(nextRuns(timing, timing.sinceMs, 1))).toEqual(['2026-01-01T00:01:00.000Z']);
  expect(beginningOf('@every 1m', now)).toBe(at('2026-01-01T00:01:00Z'));
});

test('what is said to the server has six fields, and a zone only where it takes one', () => {
  const said = (cron: string, timezone: string) => serverTiming({ cron, timezone, sinceMs: since });
  expect(said('*/10 * * * *', 'UTC')).toEqual({ pattern: '0 */10 * * * *' });
  expect(said('5 0 6 * * *', 'Asia/Tokyo')).toEqual({ pattern: '5 0 6 * * *', zone: 'Asia/Tokyo' });
  expect(said('@daily', 'Asia/Tokyo')).toEqual({ pattern: '@daily', zone: 'Asia/Tokyo' });
  expect(said('@every 5m', 'Asia/Tokyo')).toEqual({ pattern: '@every 5m' });
});

test('looking back finds the runs that looking ahead announced', () => {
  const crons = ['*/7 * * * *', '15 30 2 * * *', '@hourly', '@every 17m', '0 0 13 * FRI'];
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
  fc.assert(
    fc.property(
      fc.constantFrom(...crons),
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 366 * 86_400_000 }),
      fc.integer({ min: 1, max: 8 }),
      (cron, timezone, offsetMs, count) => {
        const timing = { cron, timezone, sinceMs: since };
        const from = since + offsetMs;
        const ahead = nextRuns(timing, from, count);
        const until = ahead.at(-1) ?? from;
        expect(runsBetween(timing, from, until, 1_000)).toEqual(ahead);
        expect(runsBetween(timing, from, until, 3)).toEqual(ahead.slice(-3));
      },
    ),
    { numRuns: 60 },
  );
});
