import type { Table } from '@lancedb/lancedb';
import { unindexedTexts } from './tables.ts';

/** Keyword search reads unindexed rows one by one, 20 µs each: 500 cost a query 10 ms. */
const MAX_UNINDEXED_TEXTS = 500;

/** Each commit leaves a fragment; every query opens all of them. */
const MAX_FRAGMENTS = 64;

/**
 * Merges what many small commits left, when there is enough of it: 0.1 to 0.5 s for 20,000 rows.
 * The writer does it at the end of a commit, so that readers stay fast during a crawl.
 *
 * @param keepMs how long versions stay for readers that still look at them
 */
export async function keepUp(table: Table, isText: boolean, keepMs: number): Promise<void> {
  const { fragmentStats } = await table.stats();
  const isDue =
    fragmentStats.numFragments > MAX_FRAGMENTS ||
    (isText && (await unindexedTexts(table)) > MAX_UNINDEXED_TEXTS);
  if (isDue) await compact(table, keepMs);
}

/** Compacts and indexes. If other processes commit all the time, they also compact: then it is left to them. */
export async function compact(table: Table, keepMs: number): Promise<void> {
  try {
    await table.optimize({ cleanupOlderThan: new Date(Date.now() - keepMs) });
  } catch (error) {
    if (!isConflict(error)) throw error;
    await table.checkoutLatest();
  }
}

const isConflict = (error: unknown): boolean =>
  error instanceof Error && /commit conflict|concurrent|conflicting/i.test(error.message);
