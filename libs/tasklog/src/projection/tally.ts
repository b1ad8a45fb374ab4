import type { DatabaseSync } from 'node:sqlite';
import type { EndedRow } from './task-row.ts';

/** Ends are counted in slices of so many ms, and forgotten after an hour. */
const SLICE_MS = 5_000;
const KEPT_SLICES = 720;

const table = `
  CREATE TABLE IF NOT EXISTS ended (
    slice INTEGER NOT NULL, category TEXT NOT NULL, priority TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (slice, category, priority)
  ) WITHOUT ROWID;
`;

export interface EndedCount {
  readonly category: string;
  readonly priority: string;
  readonly count: number;
}

/** Counts the tasks that end: one small row per slice of time instead of an index over all tasks. */
export function createTally(db: DatabaseSync) {
  db.exec(table);
  const add = db.prepare(
    `INSERT INTO ended VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const forget = db.prepare('DELETE FROM ended WHERE slice < ?');
  let newest = 0;
  return {
    clear: () => db.exec('DELETE FROM ended'),

    /** Notes the rows that have ended in a batch. */
    note(ended: Iterable<EndedRow>): void {
      const counts = new Map<string, number>();
      for (const { finishedAt, category, priority } of ended) {
        const key = `${Math.floor((finishedAt ?? 0) / SLICE_MS)} ${category} ${priority}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      for (const [key, count] of counts) {
        const [slice = '', category = '', priority = ''] = key.split(' ');
        add.run(Number(slice), category, priority, count);
        if (Number(slice) <= newest) continue;
        newest = Number(slice);
        forget.run(newest - KEPT_SLICES);
      }
    },
  };
}

/** Tasks that ended in the last `windowMs` before `now`, per category and priority. */
export function endedCounts(
  db: DatabaseSync,
  { windowMs, now }: { windowMs: number; now: number },
): EndedCount[] {
  const from = Math.floor((now - windowMs) / SLICE_MS) + 1;
  return db
    .prepare(
      `SELECT category, priority, sum(count) AS count FROM ended WHERE slice >= ?
       GROUP BY category, priority`,
    )
    .all(from) as unknown as EndedCount[];
}
