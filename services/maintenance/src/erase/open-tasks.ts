import { type Category, type SourceScope, type TaskState, timeOfId } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import {
  cancelTask,
  type EventLog,
  isWithin,
  type Projection,
  readTask,
  type TaskRow,
} from '@slipstream/tasklog';

export interface OpenTaskParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
}

/** Parents and what runs first: their children and their like end with them. */
const open: readonly TaskState[] = ['waiting', 'running', 'retrying', 'scheduled', 'queued'];
/** Each costs some milliseconds; what is left ends at the fence, when it is taken out of its queue. */
const MAX_CANCELLED = 5_000;
const PAGE = 500;

/** Tasks that work on the scope, were made up to `atMs`, and have not ended. */
async function* openTasks(
  { bus, projection }: OpenTaskParts,
  scope: SourceScope,
  atMs: number,
): AsyncGenerator<TaskRow> {
  // The words of the brand narrow it down; a brand of signs alone has none.
  const q = /[\p{L}\p{N}]/u.test(scope.brand) ? { q: scope.brand } : {};
  await projection.barrier();
  for (const state of open) {
    let before: string | undefined;
    for (;;) {
      const rows = await projection.list({ ...q, state, limit: PAGE, ...(before && { before }) });
      for (const row of rows) {
        if (timeOfId(row.id) > atMs || row.kind === 'erase-source') continue;
        if (isWithin(scope, (await readTask(bus, row))?.payload)) yield row;
      }
      before = rows.at(-1)?.id;
      if (rows.length < PAGE) break;
    }
  }
}

/** Cancels them, up to a bound. @returns how many */
export async function cancelOpenTasks(
  parts: OpenTaskParts,
  scope: SourceScope,
  atMs: number,
): Promise<number> {
  const { bus, log } = parts;
  let cancelled = 0;
  for await (const { id, run, category } of openTasks(parts, scope, atMs)) {
    const task = { id, run, category: category as Category };
    await cancelTask(bus, log, task, 'what it works on is being erased', 'erased');
    cancelled += 1;
    if (cancelled === MAX_CANCELLED) break;
  }
  return cancelled;
}
