import type { EventOf, TaskEvent, TaskMessage } from '@slipstream/contracts';
import { type Bus, directBySeq } from '@slipstream/jetstream';
import type { TaskRow } from './projection/task-row.ts';

/** The event that submitted a task, or began its last run; undefined past the retention of the log. */
export async function readSource(
  bus: Bus,
  { id, sourceSeq }: Pick<TaskRow, 'id' | 'sourceSeq'>,
): Promise<EventOf<'submitted' | 'replayed'> | undefined> {
  const stored = sourceSeq > 0 ? await directBySeq(bus, 'EVENTS', sourceSeq) : undefined;
  if (!stored) return undefined;
  const events = JSON.parse(Buffer.from(stored.data).toString()) as TaskEvent[];
  return events.findLast(
    (event) => event.id === id && (event.type === 'submitted' || event.type === 'replayed'),
  ) as EventOf<'submitted' | 'replayed'> | undefined;
}

/** A task as it was submitted, or as its last run began. */
export const readTask = async (
  bus: Bus,
  row: Pick<TaskRow, 'id' | 'sourceSeq'>,
): Promise<TaskMessage | undefined> => (await readSource(bus, row))?.task;
