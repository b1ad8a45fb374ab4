import type { ChildCounts, EventOf, TaskDefinition } from '@slipstream/contracts';
import type { FailurePolicy, WaitingParent } from './flow.ts';

/** How a parent ends, given how its children did. With `continue` one success is enough. */
export function outcomeOf(
  id: string,
  parent: WaitingParent,
  children: ChildCounts,
  policy: FailurePolicy,
): EventOf<'succeeded' | 'failed'> {
  const { run, attempt, kind, category, startedAt, worker } = parent;
  const at = new Date().toISOString();
  const common = { id, run, attempt, kind, category, startedAt, worker, at, children };
  const { succeeded, failed, cancelled, skipped = 0, total } = children;
  const lost = failed + cancelled + skipped;
  const bad = policy === 'continue' ? succeeded === 0 && lost > 0 : lost > 0;
  if (!bad) return { ...common, type: 'succeeded' };
  const never = skipped > 0 ? `, ${skipped} of them never ran because of the others` : '';
  const message = `${lost} of ${total} children did not succeed${never}`;
  return { ...common, type: 'failed', error: { code: 'children-failed', message } };
}

/** What the adder of the children has said comes before what the parent's kind says. */
export const policyOf = (
  said: FailurePolicy | undefined,
  definition: TaskDefinition | undefined,
): FailurePolicy => said ?? definition?.onChildFailure ?? 'fail';
