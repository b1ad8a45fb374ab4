import { type Category, subjects } from '@slipstream/contracts';
import { type Bus, taskStream } from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';

/**
 * Ends a task as `cancelled`, wherever it is. First the log, so that the outcome stands; then the
 * workers are told; then the places it may wait in are purged. A task that had ended before keeps
 * its outcome: the first final event of a run wins.
 */
export async function cancelTask(
  bus: Bus,
  log: EventLog,
  task: { readonly id: string; readonly run: number; readonly category: Category },
  reason = 'cancelled by a user',
  code?: string,
): Promise<void> {
  const { id, run, category } = task;
  const at = new Date().toISOString();
  await log.append({ type: 'cancelled', id, run, category, at, reason, ...(code && { code }) });
  bus.connection.publish(subjects.cancel(id), String(run));
  await purgePlaces(bus, category, id);
}

/** Removes a task from every place that it may wait in. */
export async function purgePlaces(bus: Bus, category: Category, id: string): Promise<void> {
  await Promise.all([
    bus.manager.streams.purge(taskStream(category), {
      filter: subjects.taskAnywhere(category, id),
    }),
    bus.manager.streams.purge('LANES', { filter: subjects.laneAnywhere(category, id) }),
    bus.manager.streams.purge('SCHED', { filter: subjects.schedule(category, id) }),
    bus.manager.streams.purge('SCHED', { filter: subjects.due(category, id) }),
  ]);
}
