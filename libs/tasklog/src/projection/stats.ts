import type { DatabaseSync } from 'node:sqlite';
import { addTo, emptyHistogram, type Histogram, percentile } from './histogram.ts';
import { MINUTE_MS, type Minute, readMinute } from './minutes.ts';

export interface Percentiles {
  /** Milliseconds; null when nothing was counted. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** What became of the tasks of one kind that ended within a window. */
export interface KindStats {
  readonly kind: string;
  readonly category: string;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of those that succeeded or failed; null when none did. */
  readonly successRate: number | null;
  readonly waitMs: Percentiles;
  readonly runMs: Percentiles;
}

type Sum = Pick<Minute, 'kind' | 'category' | 'succeeded' | 'failed' | 'cancelled'> & {
  readonly wait: Histogram;
  readonly run: Histogram;
};

/** Per kind, over the minutes from `since` (ms since 1970) on. */
export function taskStats(db: DatabaseSync, since: number): KindStats[] {
  const sums = new Map<string, Sum>();
  const from = Math.floor(since / MINUTE_MS);
  for (const stored of db.prepare('SELECT * FROM minutes WHERE minute >= ?').iterate(from)) {
    const minute = readMinute(stored);
    const { kind, category } = minute;
    const key = `${kind} ${category}`;
    const zero = { kind, category, succeeded: 0, failed: 0, cancelled: 0 };
    const sum = sums.get(key) ?? { ...zero, wait: emptyHistogram(), run: emptyHistogram() };
    sum.succeeded += minute.succeeded;
    sum.failed += minute.failed;
    sum.cancelled += minute.cancelled;
    addTo(sum.wait, minute.wait);
    addTo(sum.run, minute.run);
    sums.set(key, sum);
  }
  return [...sums.values()]
    .map(({ wait, run, ...counts }) => ({
      ...counts,
      successRate: successRate(counts),
      waitMs: percentiles(wait),
      runMs: percentiles(run),
    }))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

/** Share of those that ran to an end; null when none did. */
export const successRate = ({ succeeded, failed }: { succeeded: number; failed: number }) =>
  succeeded + failed === 0 ? null : succeeded / (succeeded + failed);

const percentiles = (of: Histogram): Percentiles => ({
  p50: percentile(of, 0.5),
  p95: percentile(of, 0.95),
  p99: percentile(of, 0.99),
});
