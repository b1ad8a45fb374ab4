import type { DatabaseSync } from 'node:sqlite';
import type { Category, TaskState } from '@slipstream/contracts';
import { errorGroups } from './error-groups.ts';
import { parentTerm } from './findable.ts';
import { lanesOf, parseLane, readKinds } from './lanes.ts';
import { listTasks } from './list.ts';
import { taskStats } from './stats.ts';
import { endedCounts } from './tally.ts';
import type { TaskRow } from './task-row.ts';

export interface ChildState {
  readonly id: string;
  readonly run: number;
  readonly kind: string;
  readonly category: Category;
  readonly state: TaskState;
  readonly flowSeq: number;
  readonly sourceSeq: number;
}

export interface QuietFilter {
  readonly state: TaskState;
  readonly category: Category;
  /** Milliseconds since 1970: rows with no event since, and whose time has come before. */
  readonly before: number;
  /** Rows after this number only. */
  readonly after: number;
  readonly limit: number;
}

/** As much of a row as the report of its parent needs; `n` is its number in the order of the log. */
export type EndRow = Pick<QuietRow, 'n' | 'kind' | 'state' | 'result' | 'error'>;

/** A row with its number in the order of the log. */
export type QuietRow = TaskRow & { readonly n: number };

export interface StateCount {
  readonly category: string;
  readonly priority: string;
  readonly state: TaskState;
  readonly count: number;
  readonly oldest: number;
}

/** A run of a task with a webhook that has ended. */
export interface HookedEnd {
  /** The message in EVENTS that ended it. */
  readonly seq: number;
  readonly id: string;
  readonly run: number;
}

/** Every question that the projection answers, by name. Each runs in the query thread. */
export const queries = {
  task: (db: DatabaseSync, id: string): TaskRow | undefined =>
    db.prepare('SELECT * FROM tasks WHERE id = ?').get(id) as TaskRow | undefined,

  list: listTasks,

  childrenOf: (db: DatabaseSync, parentId: string): ChildState[] =>
    db
      .prepare(
        `SELECT id, run, kind, category, state, flowSeq, sourceSeq FROM terms
         JOIN tasks USING (n) WHERE term = ? ORDER BY n`,
      )
      .all(parentTerm(parentId)) as unknown as ChildState[],

  /** How children have ended, in the order of the log: 500 of them after the row `after`. */
  endsOf: (db: DatabaseSync, { parentId, after }: { parentId: string; after: number }): EndRow[] =>
    db
      .prepare(
        `SELECT n, kind, state, result, error FROM terms
         JOIN tasks USING (n) WHERE term = ? AND n > ? ORDER BY n LIMIT 500`,
      )
      .all(parentTerm(parentId), after) as unknown as EndRow[],

  /** Tasks in one state of which nothing was heard, oldest first. */
  quiet: (db: DatabaseSync, filter: QuietFilter): QuietRow[] => {
    const { state, category, before, after, limit } = filter;
    const kinds = readKinds(db).filter((kind) => kind.category === category);
    const codes = new Set(kinds.map(({ code }) => code));
    const find = db.prepare(
      `SELECT * FROM tasks WHERE lane = ? AND n > ? AND touchedAt < ? AND coalesce(runAt, 0) < ?
       ORDER BY n LIMIT ?`,
    );
    const found: QuietRow[] = [];
    for (const { lane, kindCode, ...of } of lanesOf(db)) {
      if (of.state !== state || !codes.has(kindCode)) continue;
      found.push(...(find.all(lane, after, before, before, limit) as unknown as QuietRow[]));
    }
    return found.sort((a, b) => a.n - b.n).slice(0, limit);
  },

  /** Which of these tasks the log knows by their `submitted` event: it says how many attempts there are. */
  submittedAmong: (db: DatabaseSync, ids: readonly string[]): string[] =>
    db
      .prepare(
        `SELECT id FROM tasks
         WHERE id IN (SELECT value FROM json_each(?)) AND maxAttempts IS NOT NULL`,
      )
      .all(JSON.stringify(ids))
      .map((row) => String(row['id'])),

  /** Those of these tasks that a worker has had, or that have ended. A JSON array of ids. */
  begun: (db: DatabaseSync, ids: string): string[] =>
    db
      .prepare(
        `SELECT id FROM tasks WHERE id IN (SELECT value FROM json_each(?))
         AND state NOT IN ('queued', 'scheduled')`,
      )
      .all(ids)
      .map(({ id }) => String(id)),

  /** The task that was submitted with an idempotency key, given the hash of the key. */
  byIdempotencyKey: (db: DatabaseSync, hash: string): { id: string; idem: string } | undefined =>
    db
      .prepare('SELECT id, idem FROM tasks WHERE idem > ? AND idem < ? LIMIT 1')
      .get(`${hash}.`, `${hash}/`) as { id: string; idem: string } | undefined,

  /** Runs with a webhook that have ended after this one, in the order of the log; at most 500. */
  hookedAfter: (db: DatabaseSync, { seq, id, run }: HookedEnd): HookedEnd[] =>
    db
      .prepare(
        `SELECT seq, id, run FROM hooked WHERE (seq, id, run) > (?, ?, ?)
         ORDER BY seq, id, run LIMIT 500`,
      )
      .all(seq, id, run) as unknown as HookedEnd[],

  /** Those of these ids that are tasks. */
  statesOf: (db: DatabaseSync, ids: readonly string[]): ChildState[] =>
    db
      .prepare(
        `SELECT id, run, kind, category, state, flowSeq, sourceSeq FROM tasks
         WHERE id IN (SELECT value FROM json_each(?))`,
      )
      .all(JSON.stringify(ids)) as unknown as ChildState[],

  /** Tasks that have not ended, counted. */
  openCounts: (db: DatabaseSync): StateCount[] => {
    const kinds = new Map(readKinds(db).map(({ code, category }) => [code, category]));
    const count = db.prepare('SELECT count(*) AS count, min(n) AS first FROM tasks WHERE lane = ?');
    const created = db.prepare('SELECT createdAt FROM tasks WHERE n = ?');
    const counts: StateCount[] = [];
    for (const { lane, kindCode, priority, state } of lanesOf(db)) {
      if (!isOpen(state)) continue;
      const { count: tasks, first } = count.get(lane) as { count: number; first: number };
      const category = kinds.get(kindCode) ?? '';
      const oldest = Number(created.get(first)?.['createdAt'] ?? 0);
      counts.push({ category, priority, state, count: tasks, oldest });
    }
    return counts;
  },

  /** Tasks of the same category and priority that are queued and were queued before this one. */
  queuedBefore: (db: DatabaseSync, id: string): number => {
    const own = db.prepare('SELECT n, lane, category FROM tasks WHERE id = ?').get(id);
    if (!own) return 0;
    const { priority } = parseLane(Number(own['lane']));
    const kinds = readKinds(db).filter(({ category }) => category === own['category']);
    const codes = new Set(kinds.map(({ code }) => code));
    const count = db.prepare('SELECT count(*) AS count FROM tasks WHERE lane = ? AND n < ?');
    let before = 0;
    for (const one of lanesOf(db)) {
      if (one.state !== 'queued' || one.priority !== priority || !codes.has(one.kindCode)) continue;
      before += Number(count.get(one.lane, Number(own['n']))?.['count']);
    }
    return before;
  },

  endedCounts,
  errorGroups,
  stats: taskStats,
} as const;

export type Queries = typeof queries;
export type QueryName = keyof Queries;

const isOpen = (state: string): state is TaskState =>
  ['scheduled', 'queued', 'running', 'waiting', 'retrying'].includes(state);
