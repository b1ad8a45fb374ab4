import type { DatabaseSync } from 'node:sqlite';
import type { EventOf, Priority } from '@slipstream/contracts';
import { succeededLane } from './lanes.ts';
import type { EndedRow } from './task-row.ts';

/**
 * Ends a task that succeeded at its first attempt, when nothing else is known of it than that it was
 * submitted, in one statement. This is what most tasks are; reading the row, merging the event into
 * it and writing it back costs more than twice as much. Undefined when the task is another one.
 */
export function createFinish(db: DatabaseSync) {
  const statement = db.prepare(
    `UPDATE tasks SET state = 'succeeded', attempt = ?, startedAt = ?, finishedAt = ?, worker = ?,
       result = ?, resultRef = ?, touchedAt = max(touchedAt, ?), seqs = seqs || ?,
       lane = ${succeededLane('lane')}
     WHERE id = ? AND kind = ? AND run = ? AND state = 'queued' AND attempt = 0 AND sourceSeq < ?
       AND seqs = CAST(sourceSeq AS TEXT) AND starts = '[]' AND tags = '[]' AND parentId IS NULL
       AND words = '' AND webhook IS NULL
     RETURNING priority, queuedAt`,
  );
  statement.setReturnArrays(true);

  return (event: EventOf<'succeeded'>, seq: number): EndedRow | undefined => {
    const { id, run, kind, category, attempt, worker, result, resultRef = null } = event;
    if (event.children || event.flowSeq) return undefined;
    const startedAt = Date.parse(event.startedAt);
    const finishedAt = Date.parse(event.at);
    const text = result === undefined ? null : JSON.stringify(result);
    const times = [startedAt, finishedAt] as const;
    const set = [attempt, ...times, worker, text, resultRef, finishedAt, `,${seq}`] as const;
    const found = statement.get(...set, id, kind, run, seq) as unknown;
    if (!found) return undefined;
    const [priority, queuedAt] = found as [Priority, number];
    return { kind, category, priority, state: 'succeeded', queuedAt, startedAt, finishedAt };
  };
}
