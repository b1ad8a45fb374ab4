import type { Task } from '@slipstream/contracts';
import { mergeEvent, newRow, type Projection, type TaskRow, taskView } from '@slipstream/tasklog';

/** What a webhook is sent: the task as the API shows it, and where its result is. */
export type Report = Omit<Task, 'result' | 'payload'> & { readonly resultUrl: string };

/** A task at the end of one run. Results hold texts of a brand: they stay where they can be erased. */
export async function reportOf(
  projection: Projection,
  row: TaskRow,
  run: number,
  publicUrl: string,
): Promise<Report> {
  const ended = row.run === run ? row : await atRun(projection, row, run);
  const { result: _result, payload: _payload, ...task } = taskView(ended);
  return { ...task, resultUrl: new URL(`/v1/tasks/${row.id}`, publicUrl).href };
}

/** A user has retried it since: what the log says up to that run. */
async function atRun(projection: Projection, row: TaskRow, run: number): Promise<TaskRow> {
  const events = (await projection.history(row)).filter(({ event }) => event.run <= run);
  const [first] = events;
  if (!first) return row;
  const then = newRow(first.event);
  for (const { event, seq } of events) mergeEvent(then, event, seq);
  return then;
}
