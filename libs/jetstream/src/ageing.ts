import { type Priority, priorities } from '@slipstream/contracts';

/** How long the oldest task of a priority may wait before it is aged, ms. Critical is never below anything. */
export type Allowances = Readonly<Partial<Record<Priority, number>>>;

/** Age of the oldest task that waits, by priority, ms. A priority that is absent has none. */
export type Ages = Readonly<Partial<Record<Priority, number>>>;

export const defaultAllowances = {
  high: 30_000,
  normal: 120_000,
  low: 600_000,
  bulk: 1_800_000,
} as const satisfies Allowances;

/** What may be set while it runs; what is absent is the default. */
export interface AgeingSettings {
  /** False: the order is strict. Default true. */
  readonly enabled?: boolean | undefined;
  /** What aged tasks may take of the work done above them, 0 to 1. Default 0.1. */
  readonly share?: number | undefined;
  /** Priorities that are absent keep their default. */
  readonly allowanceMs?: Allowances | undefined;
}

/** Every setting, with the defaults where nothing is set. */
export const ageingOf = ({ enabled = true, share = 0.1, allowanceMs }: AgeingSettings = {}) => ({
  enabled,
  share,
  allowanceMs: { ...defaultAllowances, ...allowanceMs },
});

export interface AgeingOptions extends AgeingSettings {
  /** Milliseconds on any clock that does not jump. */
  readonly now?: () => number;
}

export interface Ageing {
  /** Takes other settings from now on; ages and what was earned stay. */
  set(settings: AgeingSettings | undefined): void;
  /** Some priority is past its allowance: otherwise the order is strict, and nobody need ask. */
  readonly active: boolean;
  /** A task of this priority was taken. */
  note(priority: Priority): void;
  /** The ages that the steward published last. */
  setAges(ages: Ages): void;
  /** The lower priority that the next pull of one task may serve instead of `best`, if any. */
  choose(best: Priority): Priority | undefined;
}

/** Ages older than this say nothing: the steward is away, and the order is strict until it is back. */
const FRESH_MS = 5_000;
/** Tokens that an idle pool may not save up beyond. */
const MAX_TOKENS = 1;

/**
 * Priorities are strict, but for a bounded share: each task taken while a lower priority is past its
 * allowance earns `share` of a token, and a whole token lets one aged task go first. The priority
 * that is past its allowance by the largest factor is served.
 */
export function createAgeing({
  now = () => performance.now(),
  ...initial
}: AgeingOptions = {}): Ageing {
  let {
    enabled,
    share,
    allowanceMs,
  }: { enabled: boolean; share: number; allowanceMs: Allowances } = ageingOf(initial);
  let ages: Ages = {};
  let agesAt = Number.NEGATIVE_INFINITY;
  let active = false;
  let tokens = 0;
  let chosen: Priority | undefined;

  /** The most overdue priority below `best`. */
  function overdue(best: Priority): Priority | undefined {
    const passedMs = now() - agesAt;
    if (!enabled || passedMs > FRESH_MS) return undefined;
    let most: Priority | undefined;
    let factor = 1;
    for (const priority of priorities.slice(priorities.indexOf(best) + 1)) {
      const age = ages[priority];
      const allowance = allowanceMs[priority];
      if (age === undefined || allowance === undefined) continue;
      const overdueBy = (age + passedMs) / allowance;
      if (overdueBy <= factor) continue;
      most = priority;
      factor = overdueBy;
    }
    return most;
  }

  function judge(): void {
    const late = (priority: Priority) =>
      (ages[priority] ?? 0) > (allowanceMs[priority] ?? Infinity);
    active = enabled && priorities.some(late);
  }

  return {
    set(settings) {
      ({ enabled, share, allowanceMs } = ageingOf(settings));
      judge();
    },
    get active() {
      return active && now() - agesAt <= FRESH_MS;
    },
    note(priority) {
      if (priority === chosen) {
        chosen = undefined;
        tokens -= 1;
      } else if (overdue(priority)) tokens = Math.min(MAX_TOKENS, tokens + share);
    },
    setAges(latest) {
      ages = latest;
      agesAt = now();
      judge();
    },
    choose(best) {
      // Tenths do not add up to one.
      chosen = tokens > 1 - 1e-9 ? overdue(best) : undefined;
      return chosen;
    },
  };
}
