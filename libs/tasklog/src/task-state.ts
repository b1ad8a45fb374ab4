import { finalStates, subjects, type TaskState } from '@slipstream/contracts';
import type { Bus, MicroEndpoint } from '@slipstream/jetstream';
import type { Projection } from './projection/projection.ts';

/** What a worker must know before it runs a task that may have run before. */
export interface KnownState {
  readonly run: number;
  readonly state: TaskState;
  readonly attempt: number;
  /** Milliseconds since 1970 before which a retry is not due. */
  readonly notBefore?: number;
}

/** A process with a projection answers workers that ask about a redelivered task. */
export const taskStateEndpoint = (projection: Projection): MicroEndpoint => ({
  name: 'task-state',
  subject: subjects.taskState,
  async handle(request) {
    await projection.barrier();
    const row = await projection.ask('task', request.string());
    if (!row) return null;
    const known: KnownState = { run: row.run, state: row.state, attempt: row.attempt };
    return row.state === 'retrying' && row.runAt ? { ...known, notBefore: row.runAt } : known;
  },
});

/**
 * Asks any projection. Undefined when none answers within `timeoutMs`, or none knows the task: then
 * it runs, at least once.
 */
export async function askTaskState(
  bus: Bus,
  id: string,
  timeoutMs = 2_000,
): Promise<KnownState | undefined> {
  try {
    const reply = await bus.connection.request(subjects.taskState, id, { timeout: timeoutMs });
    const known = reply.json<KnownState | { error: string } | null>();
    return known && 'run' in known ? known : undefined;
  } catch (error) {
    if (error instanceof Error && /timeout|no ?responders/i.test(error.name + error.message)) {
      return undefined;
    }
    throw error;
  }
}

/** Whether a message of this run is out of date: the run has ended, or a newer one exists. */
export const isOver = ({ run, state }: KnownState, messageRun: number): boolean =>
  run > messageRun || (run === messageRun && finalStates.has(state));
