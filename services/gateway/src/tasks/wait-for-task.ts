import { finalStates, isFinal } from '@slipstream/contracts';
import type { Projection, TaskRow } from '@slipstream/tasklog';

/**
 * The task as soon as it is final, or as it is after `waitMs` or when `signal` aborts. Undefined
 * when there is no such task. Told by the log, not by asking again.
 */
export async function waitForTask(
  projection: Projection,
  id: string,
  waitMs: number,
  signal?: AbortSignal,
): Promise<TaskRow | undefined> {
  const row = await projection.task(id);
  if (!row || waitMs === 0 || hasEnded(row)) return row && whole(projection, row);

  const woken = Promise.withResolvers<void>();
  const wake = (): void => woken.resolve();
  const unwatch = projection.watch([id], ({ event }) => {
    // What a run that is over still says ends nothing.
    if (isFinal(event) && event.run >= row.run) wake();
  });
  const timer = setTimeout(wake, waitMs);
  signal?.addEventListener('abort', wake);
  try {
    await projection.watching();
    const now = await projection.ask('task', id);
    if (now && hasEnded(now)) return await whole(projection, now);
    await woken.promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', wake);
    unwatch();
  }
  const after = await projection.ask('task', id);
  return after && whole(projection, after);
}

export const hasEnded = ({ state }: TaskRow): boolean => finalStates.has(state);

/** A short task can end before its submission reaches the projection: then priority and tags follow. */
export async function whole(projection: Projection, row: TaskRow): Promise<TaskRow> {
  if (row.maxAttempts !== null) return row;
  await projection.barrier();
  return (await projection.ask('task', row.id)) ?? row;
}
