import {
  type Category,
  categoryNames,
  defaultTimeoutMs,
  type ResultOf,
  type TaskDefinition,
  type Tasks,
  tasks,
} from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { cancelTask, type EventLog, type Projection, type TaskRow } from '@slipstream/tasklog';
import type { HandlerOf } from '@slipstream/worker';

type Stuck = ResultOf<Tasks['sweep-stuck']>['overdue'][number];

const DAY_MS = 86_400_000;
/** Looked at in one sweep, for each category; the next one goes on with what is left. */
const MAX_RUNNING = 2_000;
const MAX_WAITING = 100;
/** Beyond its limit a task has its signal, and what it was told is on its way. */
const GRACE_MS = 60_000;

export interface SweepParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
}

/**
 * Finds what no time limit has ended: a handler that ignores its signal keeps its message, so
 * neither the broker nor the reconciler gives the task to another worker. Cancelled it is among the
 * tasks that a user may retry.
 */
export const createSweepStuck =
  ({ bus, log, projection }: SweepParts, now = Date.now): HandlerOf<'sweep-stuck'> =>
  async ({ dryRun = false }, context) => {
    await projection.barrier();
    const overdue: Stuck[] = [];
    const waiting: Stuck[] = [];
    for (const category of categoryNames) {
      context.signal.throwIfAborted();
      for (const row of await quiet(category, 'running', MAX_RUNNING, 0)) {
        if (row.id === context.id || !(await isOverdue(row))) continue;
        overdue.push(shown(row, row.startedAt));
        const limit = 'it ran for more than twice the time that it may take';
        if (!dryRun) await cancelTask(bus, log, { ...row, category }, limit, 'stuck');
      }
      const old = await quiet(category, 'queued', MAX_WAITING, DAY_MS);
      waiting.push(...old.map((row) => shown(row, row.queuedAt)));
    }
    const byAge = waiting.toSorted((a, b) => a.since.localeCompare(b.since)).slice(0, MAX_WAITING);
    const result = { dryRun, overdue, waiting: byAge };
    if (overdue.length + waiting.length > 0) context.log.warn(result, 'tasks are stuck');
    return result;

    /** Rows in this state of which nothing was heard for so long. */
    function quiet(category: Category, state: 'running' | 'queued', limit: number, forMs: number) {
      return projection.ask('quiet', { state, category, before: now() - forMs, after: 0, limit });
    }

    async function isOverdue(row: TaskRow): Promise<boolean> {
      const { startedAt } = row;
      if (startedAt === null || now() - startedAt < GRACE_MS) return false;
      return now() - startedAt > 2 * (await limitOf(row)) + GRACE_MS;
    }

    /** As the task says, or its kind. */
    async function limitOf(row: TaskRow): Promise<number> {
      const definition: TaskDefinition | undefined = tasks[row.kind as keyof Tasks];
      const events = (await projection.history(row)).map(({ event }) => event);
      const began = events.findLast((event) => 'task' in event);
      const own = began && 'task' in began ? began.task.timeoutMs : undefined;
      return own ?? definition?.timeoutMs ?? defaultTimeoutMs;
    }
  };

const shown = ({ id, kind, worker }: TaskRow, sinceMs: number | null): Stuck => ({
  id,
  kind,
  since: new Date(sinceMs ?? 0).toISOString(),
  ...(worker !== null && { worker }),
});
