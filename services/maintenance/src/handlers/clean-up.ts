import { finalStates, ID_PATTERN } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import { type Projection, readSchedules } from '@slipstream/tasklog';
import type { HandlerOf } from '@slipstream/worker';

/** Whoever ends a parent removes its flow at once; only what a crash has left is older. */
const GRACE_MS = 600_000;

const isTaskId = new RegExp(ID_PATTERN);
const lastToken = (subject: string): string => subject.slice(subject.lastIndexOf('.') + 1);

/**
 * Removes what crashes have left: flows of parents that have ended, delays of tasks that have ended,
 * memories of schedules that are gone. Blobs, live events and idempotency keys end by their age.
 */
export const createCleanUp =
  (bus: Bus, projection: Projection, now = Date.now): HandlerOf<'clean-up'> =>
  async ({ dryRun = false }, { log, signal }) => {
    /** Removes the subjects of whose last token, `name`, `isStale` says so. */
    async function sweep(
      stream: string,
      filter: string,
      isStale: (name: string) => Promise<boolean> | boolean,
      isMeant: (name: string) => boolean = () => true,
    ): Promise<{ seen: number; stale: number }> {
      const { state } = await bus.manager.streams.info(stream, { subjects_filter: filter });
      const subjects = Object.keys(state.subjects ?? {}).filter((one) => isMeant(lastToken(one)));
      let stale = 0;
      for (const subject of subjects) {
        signal.throwIfAborted();
        if (!(await isStale(lastToken(subject)))) continue;
        stale += 1;
        if (!dryRun) await bus.manager.streams.purge(stream, { filter: subject });
      }
      return { seen: subjects.length, stale };
    }

    /** A task that nobody knows may be one that was just made: it is left alone. */
    async function hasEnded(id: string, graceMs: number): Promise<boolean> {
      const row = await projection.ask('task', id);
      if (!row || !finalStates.has(row.state)) return false;
      return (row.finishedAt ?? 0) <= now() - graceMs;
    }

    await projection.barrier();
    const flows = await sweep('FLOWS', 'flow.*', (id) => hasEnded(id, GRACE_MS));
    const delayed = await sweep(
      'SCHED',
      'sched.>',
      (id) => hasEnded(id, 0),
      (name) => isTaskId.test(name), // the others are recurring schedules
    );
    const names = new Set((await readSchedules(bus)).map(({ name }) => name));
    const memories = '$KV.schedules.state.*';
    const schedules = await sweep('KV_schedules', memories, (name) => !names.has(name));
    const result = { dryRun, flows, delayed, schedules };
    log.info(result, 'cleaned up');
    return result;
  };
