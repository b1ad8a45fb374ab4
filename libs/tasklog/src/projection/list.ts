import type { DatabaseSync } from 'node:sqlite';
import { ID_PATTERN, type TaskState } from '@slipstream/contracts';
import { errorTerm, kindFacet, parentTerm, stateFacet, tagTerm, termFacet } from './findable.ts';
import { type KindCode, type Lane, lanesOf, parseLane, readKinds } from './lanes.ts';
import type { TaskRow } from './task-row.ts';
import { matchOf, tokens } from './words.ts';

export interface TaskFilter {
  readonly state?: TaskState;
  readonly category?: string;
  readonly kind?: string;
  readonly tag?: string;
  readonly parentId?: string;
  /** Key of an error: failures of the same cause. */
  readonly error?: string;
  /** Failed tasks that nobody has discarded. */
  readonly deadLetters?: boolean;
  /** An id, part of a kind, or beginnings of words of an error or of a searchable field. */
  readonly q?: string;
}

export interface ListFilter extends TaskFilter {
  /** 1 to 500 for a page; more for steps through many. */
  readonly limit: number;
  /** What the log told of before this task only: the last id of the page before. */
  readonly before?: string;
}

/** Words that a search looks at; further ones change little. */
const MAX_WORDS = 8;

const id = new RegExp(ID_PATTERN);

/** Tasks that fit, newest first. */
export function listTasks(db: DatabaseSync, filter: ListFilter): TaskRow[] {
  const row = db.prepare('SELECT * FROM tasks WHERE n = ?');
  return numbersOf(db, filter).map((n) => row.get(n) as unknown as TaskRow);
}

function numbersOf(db: DatabaseSync, filter: ListFilter): number[] {
  const { q, limit } = filter;
  const before = filter.before === undefined ? Number.MAX_SAFE_INTEGER : placeOf(db, filter.before);
  const kinds = readKinds(db);
  const fits = fitsOf(filter, kinds);
  if (q === undefined) return byLane(db, filter, fits, before);
  if (id.test(q)) return byId(db, filter, fits, q, before);
  const named = new Set(kinds.filter(({ kind }) => kind.includes(q)).map(({ code }) => code));
  const ofKind =
    named.size === 0
      ? []
      : byLane(db, filter, (lane) => named.has(lane.kindCode) && fits(lane), before);
  const found = byWords(db, filter, q, fits, kinds, before);
  return [...new Set([...ofKind, ...found])].sort((a, b) => b - a).slice(0, limit);
}

/** Where a page begins; when the task has gone meanwhile, where it was. */
function placeOf(db: DatabaseSync, before: string): number {
  const sql = 'SELECT n FROM tasks WHERE id <= ? ORDER BY id DESC LIMIT 1';
  const found = db.prepare(sql).get(before);
  return Number(found?.['n'] ?? 0);
}

type Fits = (lane: Lane) => boolean;

function fitsOf(filter: TaskFilter, kinds: readonly KindCode[]): Fits {
  const { kind, category, state, deadLetters } = filter;
  const codes = kinds
    .filter((one) => kind === undefined || one.kind === kind)
    .filter((one) => category === undefined || one.category === category);
  const wanted = new Set(codes.map(({ code }) => code));
  return (lane) => {
    if (!wanted.has(lane.kindCode)) return false;
    if (deadLetters) return lane.state === 'failed' && (state ?? 'failed') === 'failed';
    const shown = lane.state === 'discarded' ? 'failed' : lane.state;
    return state === undefined || shown === state;
  };
}

const termsOfFilter = ({ parentId, tag, error }: TaskFilter): string[] => [
  ...(error === undefined ? [] : [errorTerm(error)]),
  ...(parentId === undefined ? [] : [parentTerm(parentId)]),
  ...(tag === undefined ? [] : [tagTerm(tag)]),
];

/** The newest of every lane that fits, merged; with terms, of every lane of the first term. */
function byLane(db: DatabaseSync, filter: ListFilter, fits: Fits, before: number): number[] {
  const [term, ...others] = termsOfFilter(filter);
  const has = db.prepare('SELECT 1 FROM terms WHERE term = ? AND lane = ? AND n = ?');
  const newest =
    term === undefined
      ? db.prepare(
          `SELECT n FROM tasks INDEXED BY tasks_by_lane WHERE lane = ? AND n < ? ORDER BY n DESC`,
        )
      : db.prepare(
          `SELECT n FROM terms WHERE term = ? AND lane = ? AND n < ? ORDER BY lane DESC, n DESC`,
        );
  const found: number[] = [];
  for (const entry of lanesOf(db, term)) {
    if (!fits(entry)) continue;
    const { lane } = entry;
    const rows =
      term === undefined ? newest.iterate(lane, before) : newest.iterate(term, lane, before);
    let taken = 0;
    for (const row of rows) {
      const n = Number(row['n']);
      if (!others.every((other) => has.get(other, lane, n))) continue;
      found.push(n);
      taken += 1;
      if (taken === filter.limit) break;
    }
  }
  return found.sort((a, b) => b - a).slice(0, filter.limit);
}

function byId(
  db: DatabaseSync,
  filter: ListFilter,
  fits: Fits,
  taskId: string,
  before: number,
): number[] {
  const found = db.prepare('SELECT n, lane FROM tasks WHERE id = ?').get(taskId);
  if (!found) return [];
  const [n, lane] = [Number(found['n']), Number(found['lane'])];
  const has = db.prepare('SELECT 1 FROM terms WHERE term = ? AND lane = ? AND n = ?');
  const fitsTerms = termsOfFilter(filter).every((term) => has.get(term, lane, n));
  return n < before && fitsTerms && fits(parseLane(lane)) ? [n] : [];
}

/** The full text holds the filters as words too, so that it alone finds what fits both. */
function byWords(
  db: DatabaseSync,
  filter: ListFilter,
  q: string,
  fits: Fits,
  kinds: readonly KindCode[],
  before: number,
): number[] {
  const words = tokens(q.replace(/^https?:\/\//i, ''));
  if (words.length === 0) return [];
  const parts = words.slice(0, MAX_WORDS).map((word) => matchOf(db, word));
  parts.push(...termsOfFilter(filter).map((term) => `"${termFacet(term)}"`));
  if (filter.deadLetters) parts.push(stateFacet('failed'));
  else if (filter.state === 'failed') parts.push('(xqsfailed OR xqsdiscarded)');
  else if (filter.state) parts.push(stateFacet(filter.state));
  if (filter.kind !== undefined || filter.category !== undefined) {
    const codes = kinds.filter(
      ({ kind, category }) =>
        (filter.kind ?? kind) === kind && (filter.category ?? category) === category,
    );
    if (codes.length === 0) return [];
    parts.push(`(${codes.map(({ code }) => kindFacet(code)).join(' OR ')})`);
  }
  const matching = db.prepare(
    'SELECT rowid AS n FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC',
  );
  const laneOf = db.prepare('SELECT lane FROM tasks WHERE n = ?');
  const found: number[] = [];
  for (const row of matching.iterate(parts.join(' AND '), before)) {
    const n = Number(row['n']);
    const lane = laneOf.get(n)?.['lane'];
    if (typeof lane !== 'number' || !fits(parseLane(lane))) continue;
    found.push(n);
    if (found.length === filter.limit) break;
  }
  return found;
}
