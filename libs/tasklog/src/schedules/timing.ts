import type { FieldMistake } from '@slipstream/contracts';
import { Cron } from 'croner';

/** When a schedule fires. */
export interface Timing {
  readonly cron: string;
  readonly timezone: string;
  /** Milliseconds since 1970, whole seconds: `@every` counts from here. */
  readonly sinceMs: number;
}

/** Times of a schedule, milliseconds since 1970. */
interface Times {
  /** The first `count` after a time, oldest first. */
  after(ms: number, count: number): number[];
  /** The last `count` up to a time and including it, oldest first. */
  upTo(ms: number, count: number): number[];
}

const EVERY = '@every ';
const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1_000 } as const;
/** What both croner and nats-server read alike: no `L`, `W`, `#` or `?`. */
const VALUE = String.raw`(?:\d{1,2}|[a-z]{3})`;
const ITEM = String.raw`(?:\*|${VALUE}(?:-${VALUE})?)(?:/\d{1,2})?`;
const FIELD = `${ITEM}(?:,${ITEM})*`;
const FIELDS = new RegExp(`^${FIELD}(?: +${FIELD}){4,5}$`, 'i');
const NICKNAMES = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;

/** What is wrong with a cron expression and its time zone; nothing when the system can keep it. */
export function timingMistakes(cron: string, timezone: string): FieldMistake[] {
  const zone = isTimeZone(timezone)
    ? []
    : [
        {
          path: '/timezone',
          message: `'${timezone}' is not an IANA time zone such as Europe/Berlin or UTC`,
        },
      ];
  const problem = cronProblem(cron);
  return problem === undefined ? zone : [{ path: '/cron', message: problem }, ...zone];
}

/**
 * Since when a schedule holds that is made now: a whole second. nats-server counts `@every` from the
 * nearest one; a cron expression shall not lose the firing at the next one.
 */
export const beginningOf = (cron: string, nowMs: number): number =>
  (cron.startsWith(EVERY) ? Math.round(nowMs / 1_000) : Math.floor(nowMs / 1_000)) * 1_000;

/** The next `count` firings after a time, milliseconds since 1970. */
export const nextRuns = (timing: Timing, afterMs: number, count: number): number[] =>
  timesOf(timing).after(afterMs, count);

/** The newest `most` firings after `afterMs`, up to `untilMs` and including it, oldest first. */
export function runsBetween(
  timing: Timing,
  afterMs: number,
  untilMs: number,
  most: number,
): number[] {
  const times = timesOf(timing);
  const runs: number[] = [];
  let next = times.after(afterMs, 1)[0];
  while (next !== undefined && next <= untilMs) {
    // Too many to count them all: it is the newest that matter.
    if (runs.length === most) return times.upTo(untilMs, most);
    runs.push(next);
    next = times.after(next, 1)[0];
  }
  return runs;
}

/** How the server is told: six fields always, and a zone only where it takes one. */
export function serverTiming({ cron, timezone }: Timing): { pattern: string; zone?: string } {
  if (cron.startsWith(EVERY)) return { pattern: cron };
  const fields = cron.trim().split(/ +/);
  const pattern = fields.length === 5 ? `0 ${fields.join(' ')}` : fields.join(' ');
  return timezone === 'UTC' ? { pattern } : { pattern, zone: timezone };
}

function timesOf({ cron, timezone, sinceMs }: Timing): Times {
  if (cron.startsWith(EVERY)) return everyTimes(everyMs(cron) ?? Number.NaN, sinceMs);
  const parsed = parse(cron, timezone);
  return {
    after: (ms, count) => parsed.nextRuns(count, new Date(ms)).map(Number),
    upTo: (ms, count) =>
      parsed
        .previousRuns(count, new Date(ms + 1))
        .map(Number)
        .reverse(),
  };
}

function everyTimes(everyMs: number, sinceMs: number): Times {
  const nth = (n: number): number => sinceMs + n * everyMs;
  const passed = (ms: number): number => Math.max(0, Math.floor((ms - sinceMs) / everyMs));
  return {
    after: (ms, count) => Array.from({ length: count }, (_, i) => nth(passed(ms) + 1 + i)),
    upTo(ms, count) {
      const length = Math.min(count, passed(ms));
      return Array.from({ length }, (_, i) => nth(passed(ms) - length + 1 + i));
    },
  };
}

/** Milliseconds of `@every 1h30m`; undefined for what is no duration of whole seconds. */
function everyMs(cron: string): number | undefined {
  const text = cron.slice(EVERY.length);
  if (!/^(\d{1,9}[hms])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([hms])/g)];
  const ms = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS],
    0,
  );
  return ms >= 1_000 ? ms : undefined;
}

const parse = (cron: string, timezone: string): Cron =>
  new Cron(cron, { timezone, mode: '5-or-6-parts' });

function cronProblem(cron: string): string | undefined {
  if (cron.startsWith(EVERY)) {
    return everyMs(cron) === undefined
      ? `'${cron}' must be @every and at least one second in h, m and s, such as @every 1h30m`
      : undefined;
  }
  if (!FIELDS.test(cron) && !NICKNAMES.test(cron)) {
    return `'${cron}' must be five or six fields of numbers, names, * , - and /, or @every 1h, or @daily and its like`;
  }
  const weekday = cron.split(' ').at(-1) ?? '';
  if (/(^|[,-])7/.test(weekday)) return `Sunday is 0 or SUN, not 7, in '${cron}'`;
  try {
    return parse(cron, 'UTC').nextRun() ? undefined : `'${cron}' names no time that ever comes`;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

function isTimeZone(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return /^[A-Za-z]/.test(timezone);
  } catch {
    return false;
  }
}
