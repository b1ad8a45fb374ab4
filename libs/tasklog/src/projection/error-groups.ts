import type { DatabaseSync } from 'node:sqlite';
import type { TaskErrorShape } from '@slipstream/contracts';
import { generalMessage } from './error-key.ts';
import { type Lane, parseLane, readKinds } from './lanes.ts';
import type { TaskFilter } from './list.ts';
import type { TaskRow } from './task-row.ts';

/** Dead letters of one cause. */
export interface ErrorGroup {
  /** Names the group: the filter `error` takes it. */
  readonly error: string;
  readonly code: string;
  /** What the messages have in common: ids, numbers and URLs taken out. */
  readonly message: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly kinds: readonly string[];
  /** The newest of them. */
  readonly exampleId: string;
}

interface Counted {
  count: number;
  first: number;
  last: number;
  readonly kinds: Set<string>;
}

/** Dead letters by cause, the most frequent first. Counted in the index of errors, lane by lane. */
export function errorGroups(db: DatabaseSync, filter: TaskFilter): ErrorGroup[] {
  const kinds = new Map(readKinds(db).map((one) => [one.code, one]));
  const nextTerm = db.prepare(
    `SELECT term, lane FROM terms WHERE (term, lane) > (?, ?) AND term < 'f'
     ORDER BY term, lane LIMIT 1`,
  );
  const count = db.prepare(
    'SELECT count(*) AS count, min(n) AS first, max(n) AS last FROM terms WHERE term = ? AND lane = ?',
  );
  const groups = new Map<string, Counted>();
  let at = { term: 'e', lane: -1 };
  for (;;) {
    const found = nextTerm.get(at.term, at.lane) as { term: string; lane: number } | undefined;
    if (!found) break;
    at = { term: found.term, lane: found.lane };
    const lane = parseLane(found.lane);
    const kind = kinds.get(lane.kindCode);
    if (!kind || !fits(lane, kind, filter)) continue;
    const some = count.get(found.term, found.lane) as unknown as Counted;
    const key = found.term.slice(1);
    const group = groups.get(key);
    if (!group) groups.set(key, { ...some, kinds: new Set([kind.kind]) });
    else {
      group.count += some.count;
      group.first = Math.min(group.first, some.first);
      group.last = Math.max(group.last, some.last);
      group.kinds.add(kind.kind);
    }
  }
  return [...groups]
    .map(([error, group]) => describe(db, error, group))
    .sort((a, b) => b.count - a.count || b.lastSeen - a.lastSeen);
}

/** What an index of errors by lane can tell; the other filters choose tasks, not groups. */
function fits(lane: Lane, kind: { kind: string; category: string }, filter: TaskFilter): boolean {
  if (lane.state !== 'failed') return false;
  if (filter.kind !== undefined && filter.kind !== kind.kind) return false;
  return filter.category === undefined || filter.category === kind.category;
}

function describe(db: DatabaseSync, error: string, { count, first, last, kinds }: Counted) {
  const row = db.prepare('SELECT id, error, finishedAt FROM tasks WHERE n = ?');
  const newest = row.get(last) as unknown as Pick<TaskRow, 'id' | 'error' | 'finishedAt'>;
  const oldest = row.get(first) as unknown as Pick<TaskRow, 'finishedAt'>;
  const { code, message } = JSON.parse(newest.error ?? '{}') as TaskErrorShape;
  return {
    error,
    code,
    message: generalMessage(message),
    count,
    firstSeen: Math.min(oldest.finishedAt ?? 0, newest.finishedAt ?? 0),
    lastSeen: Math.max(oldest.finishedAt ?? 0, newest.finishedAt ?? 0),
    kinds: [...kinds].sort(),
    exampleId: newest.id,
  };
}
