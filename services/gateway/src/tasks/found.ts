import { ProblemError } from '@slipstream/contracts';
import type { TaskRow } from '@slipstream/tasklog';

/** Throws `task-not-found` for no row. */
export function found(row: TaskRow | undefined, id: string): TaskRow {
  if (row) return row;
  throw new ProblemError('task-not-found', `No task has the id '${id}'.`);
}
