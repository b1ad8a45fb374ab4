import type { ChildCounts, EventOf, TaskDefinition } from '@slipstream/contracts';
import type { WaitingParent } from './flow.ts';

/** How a parent ends, given how its children did. */
export function outcomeOf(
  id: string,
  parent: WaitingParent,
  children: ChildCounts,
  definition: TaskDefinition | undefined,
): EventOf<'succeeded' | 'failed'> {
  const { run, attempt, kind, category, startedAt, worker } = parent;
  const at = new Date().toISOString();
  const common = { id, run, attempt, kind, category, startedAt, worker, at, children };
  const lost = children.failed + children.cancelled;
  const tolerant = definition?.onChildFailure === 'continue';
  const failed = tolerant ? children.succeeded === 0 && lost > 0 : lost > 0;
  if (!failed) return { ...common, type: 'succeeded' };
  const message = `${lost} of ${children.total} children did not succeed`;
  return { ...common, type: 'failed', error: { code: 'children-failed', message } };
}
