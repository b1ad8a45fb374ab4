import { type Category, type Priority, priorities, subjects } from '@slipstream/contracts';
import { type Bus, consumerName, taskStream } from '@slipstream/jetstream';
import { cancelTask, type EventLog, runInMessage } from '@slipstream/tasklog';

/**
 * Makes room for a task of `priority`: ends the newest waiting task of the lowest priority below it
 * as `cancelled`, with code `dropped`, and resolves with its id. Undefined: none is lower.
 */
export async function dropLowest(
  { bus, log }: { bus: Bus; log: EventLog },
  category: Category,
  priority: Priority,
): Promise<string | undefined> {
  const lower = priorities.slice(priorities.indexOf(priority) + 1).toReversed();
  for (const one of lower) {
    const victim = await newestWaiting(bus, category, one);
    if (!victim) continue;
    const reason = `its queue was full and a task of priority ${priority} came`;
    await cancelTask(bus, log, { ...victim, category }, reason, 'dropped');
    return victim.id;
  }
  return undefined;
}

/** The newest message that no worker was ever handed. */
async function newestWaiting(
  bus: Bus,
  category: Category,
  priority: Priority,
): Promise<{ id: string; run: number } | undefined> {
  const stream = taskStream(category);
  const info = await bus.manager.consumers.info(stream, consumerName(priorities.indexOf(priority)));
  if (info.num_pending === 0) return undefined;
  const filter = subjects.taskFilter(category, priority);
  const newest = await bus.manager.streams.getMessage(stream, { last_by_subj: filter });
  if (!newest || newest.seq <= info.delivered.stream_seq) return undefined;
  const id = newest.subject.slice(newest.subject.lastIndexOf('.') + 1);
  return { id, run: runInMessage(newest.data) };
}
