import { ProblemError, type TaskDefinition, tasks } from '@slipstream/contracts';
import { keptPayload, type Replayable, replayTask, type TaskRow } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { checkPayload } from './check-payload.ts';
import { found } from './found.ts';

/** A parent's children are put back too, which takes about a millisecond each. */
const LIMIT_MS = 60_000;

/**
 * Puts a failed or cancelled task back into its queue as its next run, with its children that did
 * not succeed, and resolves with it as it is then.
 *
 * @param edited a payload in place of the one that failed
 */
export function retryById(
  { bus, broker, projection, allow }: GatewayParts,
  id: string,
  edited?: { readonly payload: unknown },
): Promise<TaskRow> {
  return broker.call(async () => {
    await projection.barrier();
    const row = found(await projection.task(id), id);
    if (!mayReplay(row)) throw new ProblemError('task-not-failed', `Task ${id} is ${row.state}.`);
    if (edited) checkPayload(definitionOf(row), edited.payload, allow, '/payload');
    const kept = edited && { payload: await keptPayload(bus, definitionOf(row), edited.payload) };
    const outcome = await replayTask(bus, projection, row as Replayable, kept);
    if (outcome === 'raced') {
      throw new ProblemError('task-not-failed', `Task ${id} has just been retried.`);
    }
    if (outcome === 'source-gone') {
      throw new ProblemError('task-source-gone', `The log no longer holds what task ${id} was.`);
    }
    await projection.barrier();
    return found(await projection.task(id), id);
  }, LIMIT_MS);
}

const mayReplay = ({ state }: TaskRow): boolean => state === 'failed' || state === 'cancelled';

function definitionOf({ kind }: TaskRow): TaskDefinition {
  const known = (tasks as Readonly<Record<string, TaskDefinition>>)[kind];
  if (known) return known;
  throw new ProblemError('unknown-kind', `'${kind}' is a kind that this version does not know.`);
}
