import type { DatabaseSync } from 'node:sqlite';
import type { Category, TaskState } from '@slipstream/contracts';
import type { TaskRow } from './task-row.ts';

export interface ListFilter {
  readonly state?: TaskState;
  readonly category?: string;
  readonly kind?: string;
  readonly tag?: string;
  readonly parentId?: string;
  /** Part of the kind, an id, or words of the error. */
  readonly q?: string;
  /** 1 to 500. */
  readonly limit: number;
  /** Ids before this one only: the last id of the page before. */
  readonly before?: string;
}

export interface ChildState {
  readonly id: string;
  readonly run: number;
  readonly category: Category;
  readonly state: TaskState;
  readonly flowSeq: number;
}

export interface QuietFilter {
  readonly state: TaskState;
  readonly category: Category;
  /** Milliseconds since 1970: rows with no event since, and whose time has come before. */
  readonly before: number;
  /** Ids after this one only, in order. */
  readonly after: string;
  readonly limit: number;
}

export interface StateCount {
  readonly category: string;
  readonly priority: string;
  readonly state: TaskState;
  readonly count: number;
  readonly oldest: number;
}

/** Every question that the projection answers, by name. Each runs in the query thread. */
export const queries = {
  task: (db: DatabaseSync, id: string): TaskRow | undefined =>
    db.prepare('SELECT * FROM tasks WHERE id = ?').get(id) as TaskRow | undefined,

  list: (db: DatabaseSync, filter: ListFilter): TaskRow[] => {
    const { where, values } = conditions(filter);
    const sql = `SELECT * FROM tasks ${where} ORDER BY id DESC LIMIT ?`;
    return db.prepare(sql).all(...values, filter.limit) as unknown as TaskRow[];
  },

  childrenOf: (db: DatabaseSync, parentId: string): ChildState[] =>
    db
      .prepare('SELECT id, run, category, state, flowSeq FROM tasks WHERE parentId = ?')
      .all(parentId) as unknown as ChildState[],

  /** Tasks in one state of which nothing was heard, oldest id first. */
  quiet: (db: DatabaseSync, { state, category, before, after, limit }: QuietFilter): TaskRow[] =>
    db
      .prepare(
        `SELECT * FROM tasks WHERE state = ? AND category = ? AND id > ? AND touchedAt < ?
         AND coalesce(runAt, 0) < ? ORDER BY id LIMIT ?`,
      )
      .all(state, category, after, before, before, limit) as unknown as TaskRow[],

  /** Which of these tasks the log knows by their `submitted` event: it says how many attempts there are. */
  submittedAmong: (db: DatabaseSync, ids: readonly string[]): string[] =>
    db
      .prepare(
        `SELECT id FROM tasks
         WHERE id IN (SELECT value FROM json_each(?)) AND maxAttempts IS NOT NULL`,
      )
      .all(JSON.stringify(ids))
      .map((row) => String(row['id'])),

  /** Tasks that have not ended, counted. */
  openCounts: (db: DatabaseSync): StateCount[] =>
    db
      .prepare(
        `SELECT category, priority, state, count(*) AS count, min(createdAt) AS oldest FROM tasks
         WHERE state IN ('scheduled', 'queued', 'running', 'waiting', 'retrying')
         GROUP BY category, priority, state`,
      )
      .all() as unknown as StateCount[],
} as const;

export type Queries = typeof queries;
export type QueryName = keyof Queries;

function conditions(filter: ListFilter): { where: string; values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, ...more: (string | number)[]) => {
    parts.push(sql);
    values.push(...more);
  };
  for (const column of ['state', 'category', 'kind', 'parentId'] as const) {
    const value = filter[column];
    if (value !== undefined) add(`${column} = ?`, value);
  }
  if (filter.before !== undefined) add('id < ?', filter.before);
  if (filter.tag !== undefined) {
    add('EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)', filter.tag);
  }
  if (filter.q !== undefined) {
    const like = `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`;
    add(`(id = ? OR kind LIKE ? ESCAPE '\\' OR error LIKE ? ESCAPE '\\')`, filter.q, like, like);
  }
  return { where: parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '', values };
}
