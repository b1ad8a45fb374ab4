import type { DatabaseSync } from 'node:sqlite';
import type { Category } from '@slipstream/contracts';
import { termsOf } from './findable.ts';
import { type Lane, lanesOf, readKinds } from './lanes.ts';
import { MINUTE_MS } from './minutes.ts';
import { defaultRetention, type Retention } from './retention.ts';
import type { TaskRow } from './task-row.ts';

/** Minutes are kept a little longer than the longest window of the statistics. */
const STATS_MS = 25 * 3_600_000;

type Old = Pick<TaskRow, 'id' | 'tags' | 'parentId' | 'state' | 'error' | 'finishedAt'> & {
  readonly n: number;
  readonly words: string;
};

/**
 * Removes tasks that are past the retention of their category, oldest first, a bounded number in each
 * step, so that events are not held up.
 */
export function createPruner(
  db: DatabaseSync,
  retention: Readonly<Partial<Record<Category, Retention>>> = defaultRetention,
) {
  const oldest = db.prepare(
    `SELECT n, id, tags, parentId, state, error, finishedAt, words
     FROM tasks INDEXED BY tasks_by_lane WHERE lane = ? ORDER BY n LIMIT ?`,
  );
  const deleteTask = db.prepare('DELETE FROM tasks WHERE n = ?');
  const deleteTerm = db.prepare('DELETE FROM terms WHERE term = ? AND lane = ? AND n = ?');
  const deleteWords = db.prepare('DELETE FROM search WHERE rowid = ?');
  const deleteMinutes = db.prepare('DELETE FROM minutes WHERE minute < ?');

  function remove(lane: number, task: Old): void {
    for (const term of termsOf(task as unknown as TaskRow)) deleteTerm.run(term, lane, task.n);
    if (task.words !== '' || task.error !== null) deleteWords.run(task.n);
    deleteTask.run(task.n);
  }

  return {
    /** Removes at most `most` tasks and returns their ids; fewer than that: nothing else is due. */
    step(now: number, most = 500): string[] {
      const categories = new Map(readKinds(db).map(({ code, category }) => [code, category]));
      const removed: string[] = [];
      db.exec('BEGIN');
      try {
        for (const lane of lanesOf(db)) {
          const kept = retention[categories.get(lane.kindCode) as Category];
          const keptMs = kept && keptMsOf(lane, kept);
          if (keptMs === undefined) continue;
          const some = oldest.all(lane.lane, most - removed.length) as unknown as Old[];
          for (const task of some) {
            if ((task.finishedAt ?? now) + keptMs > now) continue;
            remove(lane.lane, task);
            removed.push(task.id);
          }
        }
        deleteMinutes.run(Math.floor((now - STATS_MS) / MINUTE_MS));
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
      return removed;
    },
  };
}

function keptMsOf({ state }: Lane, { succeededMs, failedMs }: Retention): number | undefined {
  if (state === 'succeeded') return succeededMs;
  if (state === 'failed' || state === 'discarded' || state === 'cancelled') return failedMs;
  return undefined;
}
