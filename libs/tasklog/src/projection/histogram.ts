/**
 * Counts of durations by size: four buckets for each doubling from 1 ms to about three days, so a
 * percentile is right to about a tenth.
 */
export type Histogram = Uint32Array<ArrayBuffer>;

const BUCKETS = 114;
const PER_DOUBLING = 4;

export const emptyHistogram = (): Histogram => new Uint32Array(BUCKETS);

export const readHistogram = (bytes: Uint8Array): Histogram =>
  new Uint32Array(new Uint8Array(bytes).buffer);

export function noteIn(histogram: Histogram, ms: number): void {
  const bucket = ms < 1 ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log2(ms) * PER_DOUBLING));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function addTo(sum: Histogram, more: Histogram): void {
  for (const [bucket, count] of more.entries()) sum[bucket] = (sum[bucket] ?? 0) + count;
}

/** The duration (ms) below which this share (0 to 1) lies; null when nothing was counted. */
export function percentile(histogram: Histogram, share: number): number | null {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let below = 0;
  for (const [bucket, count] of histogram.entries()) {
    if (below + count < rank) {
      below += count;
      continue;
    }
    const from = bucket === 0 ? 0 : 2 ** ((bucket - 1) / PER_DOUBLING);
    const to = bucket === 0 ? 1 : 2 ** (bucket / PER_DOUBLING);
    return Math.round((from + ((to - from) * (rank - below)) / count) * 10) / 10;
  }
  return null;
}
