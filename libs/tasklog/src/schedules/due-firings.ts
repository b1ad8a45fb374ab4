import { derivedId, type ScheduleSpec } from '@slipstream/contracts';
import { runsBetween, type Timing } from './timing.ts';

/** A firing that waited longer than this was missed, and `catchUp` says what becomes of it. */
export const ON_TIME_MS = 60_000;

/** Most firings that are made up for at once; of more, the newest. */
export const MOST_FIRINGS = 1_000;

export interface DueFirings {
  /** Times that become tasks, oldest first, milliseconds since 1970. */
  readonly run: readonly number[];
  /** Missed times that become none; beyond `MOST_FIRINGS` they are not counted. */
  readonly left: { readonly newestMs: number; readonly count: number } | undefined;
  /** All up to here is decided. Equal to `lastMs` when nothing was due. */
  readonly handledMs: number;
}

/**
 * What to do about the firings after `lastMs`, the newest that was handled, up to `nowMs`. Pure:
 * the same question has the same answer, so a steward that died in between repeats nothing.
 */
export function dueFirings(
  schedule: Timing & Pick<ScheduleSpec, 'catchUp'>,
  lastMs: number,
  nowMs: number,
): DueFirings {
  const due = runsBetween(schedule, lastMs, nowMs, MOST_FIRINGS);
  const handledMs = due.at(-1) ?? lastMs;
  const isMissed = (ms: number): boolean => ms < nowMs - ON_TIME_MS;
  const missed = due.filter(isMissed);
  const onTime = due.filter((ms) => !isMissed(ms));
  const made = {
    none: [],
    // One that is on time stands for those that are late.
    one: onTime.length > 0 ? [] : missed.slice(-1),
    all: missed,
  }[schedule.catchUp];
  const left = missed.slice(0, missed.length - made.length);
  const newestMs = left.at(-1);
  return {
    run: [...made, ...onTime],
    left: newestMs === undefined ? undefined : { newestMs, count: left.length },
    handledMs,
  };
}

/** The id of one firing: the same schedule and time always give the same task. */
export const firingId = (schedule: string, firedAtMs: number): string =>
  derivedId(firedAtMs, 'schedule', schedule, String(firedAtMs));
