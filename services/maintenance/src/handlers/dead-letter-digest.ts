import type { ResultOf, Tasks } from '@slipstream/contracts';
import type { Projection, TaskRow } from '@slipstream/tasklog';
import type { HandlerOf } from '@slipstream/worker';

type Group = ResultOf<Tasks['dead-letter-digest']>['groups'][number];

const DAY_MS = 86_400_000;
const PAGE = 500;

/** The failed tasks of a window, counted by error code and kind, most frequent first. */
export const createDeadLetterDigest =
  (projection: Projection): HandlerOf<'dead-letter-digest'> =>
  async ({ dryRun = false, windowMs = DAY_MS }, { log, signal }) => {
    const sinceMs = Date.now() - windowMs;
    const groups = new Map<string, Group>();
    let total = 0;
    await projection.barrier();
    for await (const row of failedTasks(projection)) {
      signal.throwIfAborted();
      if ((row.finishedAt ?? 0) < sinceMs) continue;
      total += 1;
      const { code, message } = JSON.parse(row.error ?? '{}') as { code: string; message: string };
      const key = `${code} ${row.kind}`;
      const known = groups.get(key);
      if (known) groups.set(key, { ...known, count: known.count + 1 });
      else groups.set(key, { code, kind: row.kind, count: 1, newest: { id: row.id, message } });
    }
    const result = {
      dryRun,
      since: new Date(sinceMs).toISOString(),
      total,
      groups: [...groups.values()].toSorted((a, b) => b.count - a.count),
    };
    if (total > 0) log.warn(result, 'tasks failed');
    return result;
  };

/** Newest first. A task may fail long after it was made, so all of them are looked at. */
async function* failedTasks(projection: Projection): AsyncGenerator<TaskRow> {
  let page = await projection.list({ state: 'failed', limit: PAGE });
  while (page.length > 0) {
    yield* page;
    const before = page.at(-1)?.id ?? '';
    page =
      page.length < PAGE ? [] : await projection.list({ state: 'failed', limit: PAGE, before });
  }
}
