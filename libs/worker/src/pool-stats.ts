export interface PoolStats {
  readonly succeeded: number;
  readonly failed: number;
  readonly retried: number;
  /** Runs that have ended, however. */
  readonly ended: number;
  /** Milliseconds from take to answer, mean over all. */
  readonly averageMs: number;
  /** RFC 3339; of the last answer. */
  readonly lastAt: string | undefined;
}

/** Counts what a pool has done since it started. */
export function createPoolStats() {
  const counts = { succeeded: 0, failed: 0, retried: 0, total: 0, ms: 0, last: 0 };
  const values: PoolStats = {
    get succeeded() {
      return counts.succeeded;
    },
    get failed() {
      return counts.failed;
    },
    get retried() {
      return counts.retried;
    },
    get ended() {
      return counts.total;
    },
    get averageMs() {
      return counts.total === 0 ? 0 : Math.round((counts.ms / counts.total) * 100) / 100;
    },
    get lastAt() {
      return counts.last === 0 ? undefined : new Date(counts.last).toISOString();
    },
  };
  return {
    values,
    note(outcome: string, ms: number): void {
      if (outcome === 'succeeded') counts.succeeded += 1;
      if (outcome === 'failed') counts.failed += 1;
      if (outcome === 'retrying') counts.retried += 1;
      counts.total += 1;
      counts.ms += ms;
      counts.last = Date.now();
    },
  };
}
