import type { DatabaseSync } from 'node:sqlite';
import { finalStates, type TaskEvent } from '@slipstream/contracts';
import { mergeEvent, newRow, type TaskRow } from './task-row.ts';

export interface LoggedEvent {
  /** Sequence of the message in EVENTS. */
  readonly seq: number;
  readonly event: TaskEvent;
}

/** Which stream the rows were made from, and up to where. */
export interface Position {
  readonly stream: string;
  readonly seq: number;
}

const columns = Object.keys(newRow({ id: '', run: 1 } as TaskEvent)) as (keyof TaskRow)[];

/** Applies events to the tables; a batch is one transaction and carries its position. */
export function createRowStore(db: DatabaseSync) {
  const select = db.prepare('SELECT * FROM tasks WHERE id = ?');
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO tasks (${columns.join(', ')})
     VALUES (${columns.map((column) => `:${column}`).join(', ')})`,
  );
  const noteEnd = db.prepare('INSERT OR IGNORE INTO hooked (seq, id, run) VALUES (?, ?, ?)');
  const setMeta = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const getMeta = db.prepare('SELECT value FROM meta WHERE key = ?');
  const meta = (key: string) => (getMeta.get(key) as { value: string } | undefined)?.value;

  return {
    position: (): Position => ({ stream: meta('stream') ?? '', seq: Number(meta('seq') ?? 0) }),

    /** Forgets everything: the log is another one. */
    restart(stream: string): void {
      db.exec('DELETE FROM tasks; DELETE FROM hooked;');
      setMeta.run('stream', stream);
      setMeta.run('seq', '0');
    },

    apply(events: readonly LoggedEvent[], upToSeq: number): void {
      const rows = new Map<string, TaskRow>();
      db.exec('BEGIN');
      try {
        for (const { seq, event } of events) {
          let row = rows.get(event.id);
          if (!row) {
            row = (select.get(event.id) as TaskRow | undefined) ?? newRow(event);
            rows.set(event.id, row);
          }
          mergeEvent(row, event, seq);
          if (row.webhook && finalStates.has(row.state)) noteEnd.run(seq, row.id, row.run);
        }
        for (const row of rows.values())
          upsert.run(row as unknown as Record<string, string | null>);
        setMeta.run('seq', String(upToSeq));
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
