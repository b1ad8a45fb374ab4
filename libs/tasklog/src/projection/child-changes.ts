import { finalStates } from '@slipstream/contracts';
import type { TaskRow } from './task-row.ts';

/** A child that has ended, or has begun again. As little as that: a parent may have 100,000. */
export type ChildChange = Pick<TaskRow, 'id' | 'run' | 'state' | 'flowSeq'>;

/** What parents want to know of these rows, by parent. A change may be told twice. */
export function changesOf(
  rows: readonly TaskRow[],
  parents: ReadonlySet<string>,
): Map<string, ChildChange[]> {
  const changes = new Map<string, ChildChange[]>();
  for (const { id, run, state, flowSeq, parentId } of rows) {
    if (parentId === null || !parents.has(parentId)) continue;
    if (run === 1 && !finalStates.has(state)) continue;
    const known = changes.get(parentId);
    if (known) known.push({ id, run, state, flowSeq });
    else changes.set(parentId, [{ id, run, state, flowSeq }]);
  }
  return changes;
}
