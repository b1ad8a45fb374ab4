import { setTimeout as sleep } from 'node:timers/promises';
import { type Category, finalStates, subjects, type TaskState } from '@slipstream/contracts';
import type { Bus, MicroEndpoint } from '@slipstream/jetstream';
import type { EventLog } from './event-log.ts';
import type { Projection } from './projection/projection.ts';
import { crashesOf } from './projection/starts.ts';
import type { TaskRow } from './projection/task-row.ts';

/** What a worker must know before it runs a task that may have run before. */
export interface KnownState {
  readonly run: number;
  readonly state: TaskState;
  readonly attempt: number;
  /** Milliseconds since 1970 before which a retry is not due. */
  readonly notBefore?: number;
}

/** A task that has crashed its worker this often in one run is not started again. */
const POISON_CRASHES = 5;

/**
 * A process with a projection answers workers that ask about a redelivered task. It also ends a
 * task that crashes whoever runs it: the question comes before the next start.
 */
export const taskStateEndpoint = (projection: Projection, log: EventLog): MicroEndpoint => ({
  name: 'task-state',
  subject: subjects.taskState,
  async handle(request) {
    await projection.barrier();
    const row = await projection.ask('task', request.string());
    if (!row) return null;
    if (await endedAsPoison(log, row)) {
      return { run: row.run, state: 'failed', attempt: row.attempt } satisfies KnownState;
    }
    const known: KnownState = { run: row.run, state: row.state, attempt: row.attempt };
    return row.state === 'retrying' && row.runAt ? { ...known, notBefore: row.runAt } : known;
  },
});

async function endedAsPoison(log: EventLog, row: TaskRow): Promise<boolean> {
  if (row.state !== 'running') return false;
  const crashes = crashesOf(row);
  if (crashes < POISON_CRASHES) return false;
  const { id, run, attempt, kind, worker } = row;
  await log.append({
    type: 'failed',
    id,
    run,
    attempt,
    kind,
    category: row.category as Category,
    at: new Date().toISOString(),
    startedAt: new Date(row.startedAt ?? row.createdAt).toISOString(),
    worker: worker ?? '',
    error: {
      code: 'poison',
      message: `it was started ${crashes} times, and each time its worker was gone before it ended`,
    },
  });
  return true;
}

const PAUSE_MS = 100;

/**
 * Asks any projection, and again while none is there. Undefined when none answers within
 * `timeoutMs`, or none knows the task: then it runs, at least once.
 */
export async function askTaskState(
  bus: Bus,
  id: string,
  timeoutMs = 2_000,
): Promise<KnownState | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const timeout = Math.max(1, Math.round(deadline - performance.now()));
    try {
      const reply = await bus.connection.request(subjects.taskState, id, { timeout });
      const known = reply.json<KnownState | { error: string } | null>();
      return known && 'run' in known ? known : undefined;
    } catch (error) {
      const silent =
        error instanceof Error && /timeout|no ?responders/i.test(error.name + error.message);
      if (!silent) throw error;
    }
    if (performance.now() + PAUSE_MS > deadline) return undefined;
    await sleep(PAUSE_MS);
  }
}

/** Whether a message of this run is out of date: the run has ended, or a newer one exists. */
export const isOver = ({ run, state }: KnownState, messageRun: number): boolean =>
  run > messageRun || (run === messageRun && finalStates.has(state));
