import {
  type Category,
  messageId,
  subjects,
  type TaskMessage,
  type TaskState,
} from '@slipstream/contracts';
import {
  type Bus,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
  taskStream,
} from '@slipstream/jetstream';
import type { LoggedEvent, TaskRow } from '@slipstream/tasklog';
import { metrics } from '@slipstream/telemetry';
import { MAX_PER_PASS, type Search, type SearchOptions } from './reconciler-search.ts';

/** `waiting` is the conductor's: such a task is in no queue, and its children are tasks of their own. */
const searched: readonly TaskState[] = ['queued', 'scheduled', 'running', 'retrying'];

/**
 * Finds open tasks that no stream holds, and publishes them again from the log. A task that is
 * absent once may have been between two streams: it is published when the next pass finds the same.
 */
export function createLostSearch({ bus, log, projection, logger }: SearchOptions): Search {
  const cursors = new Map<string, number>();
  /** Rows that were absent in the pass before, by id: what was known of them then. */
  const suspects = new Map<Category, Map<string, string>>();

  /** Places first, then the log: whatever took the task out of a place wrote its event before. */
  async function absent(rows: readonly TaskRow[], category: Category): Promise<TaskRow[]> {
    const places = await Promise.all(rows.map((row) => isSomewhere(bus, category, row)));
    const missing = rows.filter((_, index) => !places[index]);
    if (missing.length === 0) return [];
    await projection.barrier();
    const now = await Promise.all(missing.map(({ id }) => projection.ask('task', id)));
    return missing.filter((row, index) => now[index] && versionOf(now[index]) === versionOf(row));
  }

  async function again(row: TaskRow, category: Category): Promise<void> {
    const known = newest(await projection.history(row));
    if (!known) {
      logger.error({ taskId: row.id }, 'a task is in no stream, and the log has no copy of it');
      return;
    }
    const attempts = row.state === 'retrying' ? row.attempt : Math.max(0, row.attempt - 1);
    // Each retry may have raised it by one without a word in the log.
    const gen = known.task.gen + row.attempt + 1;
    const task = { ...known.task, run: row.run, gen, ...(attempts > 0 && { attempts }) };
    if (!(await publishAgain(bus, category, task, known.traceparent))) return;
    const { id, run } = task;
    const { traceparent } = known;
    const at = new Date().toISOString();
    await log.append({
      type: 'submitted',
      id,
      run,
      category,
      at,
      task,
      ...(traceparent && { traceparent }),
    });
    metrics.reconciled.add(1, { category, missing: 'task' });
    logger.warn({ taskId: id, run, gen, kind: task.kind }, 'a lost task was published again');
  }

  return async (category, before) => {
    const suspected = suspects.get(category) ?? new Map<string, string>();
    const next = new Map<string, string>();
    suspects.set(category, next);
    const rows = await Promise.all([...suspected.keys()].map((id) => projection.ask('task', id)));
    const unchanged = rows.filter((row) => row && suspected.get(row.id) === versionOf(row));
    for (const row of await absent(unchanged as TaskRow[], category)) {
      await again(row, category).catch((err: unknown) =>
        logger.warn({ err, taskId: row.id }, 'a lost task could not be published again yet'),
      );
    }

    for (const state of searched) {
      const key = `${category} ${state}`;
      const after = cursors.get(key) ?? 0;
      const filter = { state, category, before, after, limit: MAX_PER_PASS };
      const quiet = await projection.ask('quiet', filter);
      cursors.set(key, quiet.length === MAX_PER_PASS ? (quiet.at(-1)?.n ?? 0) : 0);
      for (const row of await absent(quiet, category)) {
        if (!suspected.has(row.id)) next.set(row.id, versionOf(row));
      }
    }
  };
}

const versionOf = ({ run, state, touchedAt, seqs }: TaskRow): string =>
  `${run} ${state} ${touchedAt} ${seqs}`;

/** In the direction in which tasks move, so that one that moves on meanwhile is met. */
async function isSomewhere(bus: Bus, category: Category, { id }: TaskRow): Promise<boolean> {
  return (
    (await directLast(bus, 'SCHED', subjects.schedule(category, id))) !== undefined ||
    (await directLast(bus, 'SCHED', subjects.due(category, id))) !== undefined ||
    (await directLast(bus, 'LANES', subjects.laneAnywhere(category, id))) !== undefined ||
    (await directLast(bus, taskStream(category), subjects.taskAnywhere(category, id))) !== undefined
  );
}

/** The latest copy of the task in its history. */
function newest(history: readonly LoggedEvent[]) {
  let found: { task: TaskMessage; traceparent: string | undefined } | undefined;
  for (const { event } of history) {
    if (!('task' in event)) continue;
    const older = found && (found.task.run - event.task.run || found.task.gen - event.task.gen) > 0;
    if (!older) found = { task: event.task, traceparent: event.traceparent };
  }
  return found;
}

/** False when it is in its queue already. `Slip-Check`: the worker asks the log before it runs. */
async function publishAgain(
  bus: Bus,
  category: Category,
  task: TaskMessage,
  traceparent: string | undefined,
): Promise<boolean> {
  const headers = encodeHeaders({
    'Nats-Msg-Id': messageId(task),
    'Nats-Expected-Last-Subject-Sequence': '0',
    'Nats-Expected-Last-Subject-Sequence-Subject': subjects.taskAnywhere(category, task.id),
    'Slip-Check': '1',
    traceparent,
  });
  const subject = subjects.task(category, task.priority, task.id);
  try {
    return !(await bus.publisher.publishSurely(subject, JSON.stringify(task), headers)).duplicate;
  } catch (error) {
    if (error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence) return false;
    throw error;
  }
}
