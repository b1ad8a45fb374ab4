import type { FaultRun } from './run-faults.ts';

export interface Figures {
  readonly seed: number;
  readonly faults: number;
  readonly accepted: number;
  readonly lost: number;
  readonly doublyCompleted: number;
  readonly illegalTransitions: number;
  readonly recoveryP50Ms: number;
  readonly recoveryMaxMs: number;
  /** Ends after the first one of a run; readers pass over them. */
  readonly repeatedFinals: number;
  /** Attempts that a handler ran more than once, as at-least-once allows. */
  readonly rerunAttempts: number;
}

export function figuresOf(seed: number, { accepted, faults, verdict }: FaultRun): Figures {
  const recoveries = faults.map(({ recoveryMs }) => recoveryMs).sort((a, b) => a - b);
  return {
    seed,
    faults: faults.length,
    accepted,
    lost: verdict.lost.length,
    doublyCompleted: verdict.doublyCompleted.length,
    illegalTransitions: verdict.illegalTransitions.length,
    recoveryP50Ms: recoveries[Math.floor((recoveries.length - 1) / 2)] ?? 0,
    recoveryMaxMs: recoveries.at(-1) ?? 0,
    repeatedFinals: verdict.repeatedFinals,
    rerunAttempts: verdict.rerunAttempts,
  };
}
