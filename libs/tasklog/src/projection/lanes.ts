import type { DatabaseSync } from 'node:sqlite';
import { type Priority, priorities, type TaskState, taskStates } from '@slipstream/contracts';
import type { TaskRow } from './task-row.ts';

/**
 * A lane is what tasks have in common that lists filter by: kind with category, priority, and state,
 * in one integer. Any combination of these filters is a set of lanes, and an index over (lane, n)
 * answers each of them.
 */
export interface Lane {
  readonly lane: number;
  readonly kindCode: number;
  readonly priority: Priority;
  readonly state: LaneState;
}

/** A failure that was discarded has lanes of its own: it is `failed`, and no dead letter. */
export type LaneState = TaskState | 'discarded';

const PRIORITIES = 8;
const STATES = 16;
const laneStates: readonly LaneState[] = [...taskStates, 'discarded'];
const stateCodes = Object.fromEntries(laneStates.map((state, code) => [state, code]));
const priorityCodes = Object.fromEntries(priorities.map((priority, code) => [priority, code]));

export const laneStateOf = ({ state, discarded }: TaskRow): LaneState =>
  state === 'failed' && discarded === 1 ? 'discarded' : state;

export const laneOf = (kindCode: number, row: TaskRow): number =>
  (kindCode * PRIORITIES + (priorityCodes[row.priority] ?? 0)) * STATES +
  (stateCodes[laneStateOf(row)] ?? 0);

/** In SQL, the lane of a task that has succeeded, made from the one it was in. */
export const succeededLane = (lane: string): string =>
  `${lane} - ${lane} % ${STATES} + ${stateCodes['succeeded']}`;

export function parseLane(lane: number): Lane {
  const rest = Math.floor(lane / STATES);
  return {
    lane,
    kindCode: Math.floor(rest / PRIORITIES),
    priority: priorities[rest % PRIORITIES] ?? 'normal',
    state: laneStates[lane % STATES] ?? 'queued',
  };
}

export interface KindCode {
  readonly code: number;
  readonly kind: string;
  readonly category: string;
}

export const readKinds = (db: DatabaseSync): KindCode[] =>
  db.prepare('SELECT code, kind, category FROM kinds').all() as unknown as KindCode[];

/** Codes of kinds, given out as they are met. */
export function createKindCodes(db: DatabaseSync) {
  const codes = new Map<string, number>();
  const read = (): void => {
    codes.clear();
    for (const { kind, category, code } of readKinds(db)) codes.set(`${kind} ${category}`, code);
  };
  read();
  const insert = db.prepare('INSERT INTO kinds (kind, category) VALUES (?, ?)');
  let last: KindCode | undefined;
  return {
    codeOf({ kind, category }: Pick<TaskRow, 'kind' | 'category'>): number {
      if (last?.kind === kind && last.category === category) return last.code;
      const key = `${kind} ${category}`;
      let code = codes.get(key);
      if (code === undefined) {
        code = Number(insert.run(kind, category).lastInsertRowid);
        codes.set(key, code);
      }
      last = { code, kind, category };
      return code;
    },
    /** Goes back to what is stored. */
    forget(): void {
      last = undefined;
      read();
    },
  };
}

/** Every lane that has tasks, or that has tasks with a term: one seek in the index for each. */
export function* lanesOf(db: DatabaseSync, term?: string): Generator<Lane> {
  const next =
    term === undefined
      ? db.prepare('SELECT min(lane) AS lane FROM tasks INDEXED BY tasks_by_lane WHERE lane > ?')
      : db.prepare('SELECT min(lane) AS lane FROM terms WHERE term = ? AND lane > ?');
  for (let last = -1; ; ) {
    const found = term === undefined ? next.get(last) : next.get(term, last);
    const lane = found?.['lane'];
    if (typeof lane !== 'number') return;
    yield parseLane(lane);
    last = lane;
  }
}
