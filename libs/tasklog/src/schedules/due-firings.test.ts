import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueFirings, firingId, MOST_FIRINGS, ON_TIME_MS } from './due-firings.ts';

const start = Date.parse('2026-01-01T00:00:00Z');
const MINUTE = 60_000;
const every = (catchUp: 'none' | 'one' | 'all', cron = '@every 1m') =>
  ({ cron, timezone: 'UTC', sinceMs: start, catchUp }) as const;

test('a firing on time runs, whatever the policy', () => {
  for (const catchUp of ['none', 'one', 'all'] as const) {
    const due = dueFirings(every(catchUp), start, start + MINUTE + 16);
    expect(due).toEqual({ run: [start + MINUTE], left: undefined, handledMs: start + MINUTE });
  }
});

test('before the first firing there is nothing to do', () => {
  const due = dueFirings(every('all'), start, start + MINUTE - 1);
  expect(due).toEqual({ run: [], left: undefined, handledMs: start });
});

test('after an outage `none` leaves out what is late, `one` makes one run of it, `all` each', () => {
  const hourly = (catchUp: 'none' | 'one' | 'all') =>
    dueFirings(every(catchUp, '@every 1h'), start, start + 3.5 * 60 * MINUTE);
  const hour = (n: number) => start + n * 60 * MINUTE;
  expect(hourly('none')).toMatchObject({ run: [], left: { newestMs: hour(3), count: 3 } });
  expect(hourly('one')).toMatchObject({ run: [hour(3)], left: { newestMs: hour(2), count: 2 } });
  expect(hourly('all')).toMatchObject({ run: [hour(1), hour(2), hour(3)], left: undefined });
});

test('with `one`, a firing that is on time stands for those that are late', () => {
  const { run, left } = dueFirings(every('one', '@every 1h'), start, start + 180 * MINUTE + 5);
  expect(run).toEqual([start + 180 * MINUTE]);
  expect(left?.count).toBe(2);
});

test('the same firing has the same id, another one another', () => {
  expect(firingId('a', start)).toBe(firingId('a', start));
  expect(firingId('a', start)).not.toBe(firingId('a', start + 1_000));
  expect(firingId('a', start)).not.toBe(firingId('b', start));
});

const policies = fc.constantFrom('none', 'one', 'all');
const crons = fc.constantFrom(
  '@every 1s',
  '@every 7m',
  '*/5 * * * *',
  '30 2 * * *',
  '*/20 * * * * *',
);
const spans = fc.array(fc.integer({ min: 0, max: 20 * 3_600_000 }), { maxLength: 5 });

test('however often one looks, no firing is handled twice and none out of order', () => {
  fc.assert(
    fc.property(policies, crons, spans, (catchUp, cron, gaps) => {
      const schedule = { cron, timezone: 'Europe/Berlin', sinceMs: start, catchUp } as const;
      let now = start;
      let lastMs = start;
      const ran: number[] = [];
      for (const gap of gaps) {
        now += gap;
        const due = dueFirings(schedule, lastMs, now);
        expect(due.run.length).toBeLessThanOrEqual(MOST_FIRINGS);
        expect(due.handledMs).toBeLessThanOrEqual(now);
        expect(due.run.every((ms) => ms > lastMs && ms <= now)).toBe(true);
        lastMs = due.handledMs;
        ran.push(...due.run);
        expect(dueFirings(schedule, lastMs, now).run).toEqual([]);
      }
      expect(ran).toEqual([...new Set(ran)].toSorted((a, b) => a - b));
    }),
    { numRuns: 40 },
  );
});

test('looking twice on time gives what looking once gives', () => {
  fc.assert(
    fc.property(
      policies,
      crons,
      fc.integer({ min: 0, max: ON_TIME_MS }),
      (catchUp, cron, splitMs) => {
        const schedule = { cron, timezone: 'UTC', sinceMs: start, catchUp } as const;
        const once = dueFirings(schedule, start, start + ON_TIME_MS);
        const first = dueFirings(schedule, start, start + splitMs);
        const second = dueFirings(schedule, first.handledMs, start + ON_TIME_MS);
        expect([...first.run, ...second.run]).toEqual(once.run);
      },
    ),
    { numRuns: 40 },
  );
});

test('of more than a thousand missed firings the newest thousand are made up for, oldest first', () => {
  const now = start + 5_000 * 1_000;
  const { run } = dueFirings(every('all', '@every 1s'), start, now);
  expect(run).toHaveLength(MOST_FIRINGS);
  expect(run.at(-1)).toBe(now);
  expect(run[0]).toBe(now - (MOST_FIRINGS - 1) * 1_000);
});
