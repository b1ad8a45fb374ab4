import {
  type Firing,
  finalStates,
  type Schedule,
  type ScheduleState,
  type TaskTable,
} from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import {
  clearServerSchedule,
  dueFirings,
  type EventLog,
  firingId,
  type Projection,
  readSchedule,
  readScheduleState,
  readSchedules,
  setServerSchedule,
  submit,
  withFirings,
  writeScheduleState,
} from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

/** How often all schedules are looked at, whatever the server fires. */
const SWEEP_MS = 5_000;

export interface KeeperOptions {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly tasks: TaskTable;
  readonly logger: Logger;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Turns the firings of schedules into tasks. */
export interface ScheduleKeeper {
  /** The server says that a schedule is due, by its own clock (milliseconds since 1970). */
  wake(name: string, firedMs: number): void;
  /** Runs until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * What is due follows from the definition and the newest time that was handled, never from the
 * message that woke us: a firing that was lost is found by the next sweep, one that comes twice finds
 * nothing to do. One schedule is handled at a time.
 */
export function createScheduleKeeper(options: KeeperOptions): ScheduleKeeper {
  const { bus, tasks, logger, now = Date.now } = options;
  const woken = new Map<string, number>();
  let rouse = (): void => {};

  async function look(name: string, firedMs: number): Promise<void> {
    try {
      const { value: schedule } = await readSchedule(bus, name);
      const category = schedule && tasks[schedule.task.kind]?.category;
      if (!schedule || schedule.paused) return await clearServerSchedule(bus, name);
      while (!(await handle(options, schedule, Math.max(now(), firedMs))));
      if (category) await setServerSchedule(bus, category, schedule);
    } catch (err) {
      logger.warn({ err, schedule: name }, 'a schedule could not be handled yet');
    }
  }

  async function sweep(): Promise<void> {
    try {
      for (const { name, paused } of await readSchedules(bus)) {
        if (!paused && !woken.has(name)) woken.set(name, 0);
      }
    } catch (err) {
      logger.warn({ err }, 'the schedules cannot be read yet');
    }
  }

  return {
    wake(name, firedMs) {
      woken.set(name, Math.max(firedMs, woken.get(name) ?? 0));
      rouse();
    },
    async run(signal) {
      let sweptAt = Number.NEGATIVE_INFINITY;
      while (!signal.aborted) {
        if (performance.now() - sweptAt >= SWEEP_MS) {
          await sweep();
          sweptAt = performance.now();
        }
        for (const [name, firedMs] of woken) {
          woken.delete(name);
          if (!signal.aborted) await look(name, firedMs);
        }
        if (woken.size > 0 || signal.aborted) continue;
        const roused = Promise.withResolvers<void>();
        rouse = roused.resolve;
        const timer = setTimeout(rouse, SWEEP_MS);
        signal.addEventListener('abort', rouse, { once: true });
        await roused.promise;
        signal.removeEventListener('abort', rouse);
        clearTimeout(timer);
      }
    },
  };
}

/** False when the memory was changed meanwhile (a user's run, another steward): then once more. */
async function handle(options: KeeperOptions, schedule: Schedule, nowMs: number): Promise<boolean> {
  const { bus, projection, logger } = options;
  const { name } = schedule;
  const { value: state, revision } = await readScheduleState(bus, name);
  const lastMs = Math.max(state.lastMs, schedule.sinceMs);
  const { run, left, handledMs } = dueFirings(schedule, lastMs, nowMs);
  if (handledMs === lastMs) return true;
  await projection.barrier();
  let after: ScheduleState = { ...state, lastMs: handledMs };
  if (left) {
    const at = new Date(left.newestMs).toISOString();
    after = withFirings(after, [{ at, skipped: 'missed', count: left.count }]);
    logger.warn({ schedule: name, missed: left.count }, 'firings were missed and are left out');
  }
  for (const atMs of run) {
    after = withFirings(after, [await fire(options, schedule, atMs, after.lastTaskId)]);
  }
  return writeScheduleState(bus, name, after, revision);
}

/** Makes the task of one firing, or says why not. A repetition finds the task that there is. */
async function fire(
  { bus, log, tasks, projection }: KeeperOptions,
  schedule: Schedule,
  atMs: number,
  lastTaskId: string | undefined,
): Promise<Firing> {
  const { name, overlap } = schedule;
  const { kind, tags = [], ...task } = schedule.task;
  const at = new Date(atMs).toISOString();
  const definition = tasks[kind];
  if (!definition) return { at, skipped: 'unknown-kind' };
  const id = firingId(name, atMs);
  const there = await projection.ask('task', id);
  if (there && there.state !== 'queued') return { at, taskId: id };
  if (!there && overlap === 'skip' && lastTaskId !== undefined) {
    const last = await projection.task(lastTaskId);
    if (last && !finalStates.has(last.state)) return { at, skipped: 'overlap' };
  }
  await submit(bus, log, { ...task, definition, id, tags: [...tags, `schedule:${name}`] });
  return { at, taskId: id };
}
