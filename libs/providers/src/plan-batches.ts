export interface BatchLimits {
  readonly maxTexts: number;
  /** Characters of a batch altogether. A longer text has a batch of its own. Default: no limit. */
  readonly maxChars?: number;
}

/**
 * Groups texts of similar length, as positions in `texts`, shortest first: a batch takes as long as
 * its longest text times its size, so a long one among short ones would make all of them long.
 */
export function planBatches(texts: readonly string[], limits: BatchLimits): number[][] {
  const { maxTexts, maxChars = Number.POSITIVE_INFINITY } = limits;
  const byLength = texts
    .map((text, position) => ({ length: text.length, position }))
    .sort((a, b) => a.length - b.length);
  const batches: number[][] = [];
  let batch: number[] = [];
  let chars = 0;
  for (const { length, position } of byLength) {
    if (batch.length === maxTexts || (batch.length > 0 && chars + length > maxChars)) {
      batches.push(batch);
      batch = [];
      chars = 0;
    }
    batch.push(position);
    chars += length;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
