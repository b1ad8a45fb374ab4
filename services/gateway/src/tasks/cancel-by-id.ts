import { type Category, ProblemError } from '@slipstream/contracts';
import { cancelTask, type TaskRow } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { found } from './found.ts';
import { hasEnded } from './wait-for-task.ts';

/** Cancels a task and resolves with it as it is then. Throws `task-final` for one that has ended. */
export function cancelById(
  { bus, broker, log, projection }: GatewayParts,
  id: string,
): Promise<TaskRow> {
  return broker.call(async () => {
    await projection.barrier();
    const row = found(await projection.task(id), id);
    if (hasEnded(row)) throw new ProblemError('task-final', `Task ${id} is ${row.state}.`);
    await cancelTask(bus, log, { id, run: row.run, category: row.category as Category });
    await projection.barrier();
    const after = found(await projection.task(id), id);
    if (after.state === 'cancelled') return after;
    throw new ProblemError('task-final', `Task ${id} had just ended: ${after.state}.`);
  });
}
