import type { ListFilter } from '@slipstream/tasklog';
import type { GatewayParts } from '../parts.ts';
import { formatPage, parsePage } from './page.ts';
import { listedTask, type TaskAnswer } from './task-answer.ts';

export interface TaskPage {
  readonly items: TaskAnswer[];
  readonly nextCursor: string | null;
}

/** One page of the tasks that a filter lets through, newest first, with all that is in the log by now. */
export async function listPage(
  { broker, projection }: Pick<GatewayParts, 'broker' | 'projection'>,
  filter: Omit<ListFilter, 'before'>,
  cursor: string | undefined,
): Promise<TaskPage> {
  const before = parsePage(cursor);
  const { limit } = filter;
  // One more than asked for tells whether there is another page.
  const asked: ListFilter = { ...filter, limit: limit + 1, ...(before && { before }) };
  if (broker.connected) await broker.call(() => projection.barrier());
  const rows = await projection.list(asked);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items: items.map(listedTask), nextCursor: last ? formatPage(last.id) : null };
}
