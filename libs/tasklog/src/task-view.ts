import type { Category, Priority, Task } from '@slipstream/contracts';
import { defaultRetry } from '@slipstream/contracts';
import type { TaskRow } from './projection/task-row.ts';

/** A row as the API shows it. `result` is given when it was kept by reference and has been read. */
export function taskView(row: TaskRow, result?: unknown, now = Date.now()): Task {
  const time = (ms: number | null) => (ms === null ? undefined : new Date(ms).toISOString());
  const fired = row.state === 'scheduled' && row.runAt !== null && row.runAt <= now;
  const value = result ?? (row.result === null ? undefined : JSON.parse(row.result));
  const optional = {
    progress: json(row.progress),
    children: json(row.children),
    result: value,
    error: row.error === null ? undefined : errorOf(row),
    startedAt: time(row.startedAt),
    finishedAt: time(row.finishedAt),
    runAt: row.state === 'scheduled' || row.state === 'retrying' ? time(row.runAt) : undefined,
    worker: row.worker ?? undefined,
    traceId: row.traceId ?? undefined,
    parentId: row.parentId ?? undefined,
    timings: timingsOf(row),
  };
  return {
    id: row.id,
    run: row.run,
    kind: row.kind,
    category: row.category as Category,
    priority: row.priority as Priority,
    state: fired ? 'queued' : row.state,
    attempt: row.attempt,
    maxAttempts: row.maxAttempts ?? defaultRetry.maxAttempts,
    tags: JSON.parse(row.tags) as string[],
    createdAt: new Date(row.createdAt).toISOString(),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, entry]) => entry !== undefined),
    ) as Partial<Task>),
  };
}

const json = (text: string | null): unknown => (text === null ? undefined : JSON.parse(text));

function errorOf(row: TaskRow): Task['error'] {
  const { code, message } = JSON.parse(row.error ?? '{}') as { code: string; message: string };
  const attempts = JSON.parse(row.attempts) as NonNullable<Task['error']>['attempts'];
  return { code, message, attempts };
}

function timingsOf({ queuedAt, startedAt, finishedAt }: TaskRow): Task['timings'] {
  if (startedAt === null) return undefined;
  const waitMs = Math.max(0, startedAt - queuedAt);
  return finishedAt === null ? { waitMs } : { waitMs, runMs: Math.max(0, finishedAt - startedAt) };
}
