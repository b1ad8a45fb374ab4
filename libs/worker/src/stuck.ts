/** How long beyond its limit a task may be in hand: its signal has 5 s, the storing of its outcome the rest. */
const OVERDUE_MS = 10_000;
/** How long work may wait before free slots. */
export const STARVED_MS = 5_000;

export interface Hand {
  /** Tasks in hand: for how long, and how long their kind allows (ms). */
  readonly tasks: Iterable<{
    readonly id: string;
    readonly ageMs: number;
    readonly limitMs: number;
  }>;
  /** For how long there have been free slots and nothing came (ms). */
  readonly starvedMs: number;
  /** Tasks in the queue that no worker holds, when that was last asked. */
  readonly waiting: number;
}

/** In words, why a pool makes no progress; undefined: it does, or there is nothing to do. */
export function stuckReason({ tasks, starvedMs, waiting }: Hand): string | undefined {
  for (const { id, ageMs, limitMs } of tasks) {
    if (ageMs <= limitMs + OVERDUE_MS) continue;
    return `task ${id} is in hand for ${seconds(ageMs)} and may run for ${seconds(limitMs)}`;
  }
  if (starvedMs < STARVED_MS || waiting === 0) return undefined;
  return `${waiting} tasks wait, slots are free, and none came for ${seconds(starvedMs)}`;
}

const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
