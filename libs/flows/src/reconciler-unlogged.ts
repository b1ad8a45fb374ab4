import type { Category, TaskMessage } from '@slipstream/contracts';
import { directNext, type StoredMessage, taskStream } from '@slipstream/jetstream';
import { metrics } from '@slipstream/telemetry';
import { MAX_PER_PASS, type Search, type SearchOptions } from './reconciler-search.ts';

/**
 * Finds tasks in a queue whose `submitted` event was never stored, and appends it. Each message is
 * read once, when it has been in its stream for long enough.
 */
export function createUnloggedSearch({ bus, log, projection, logger }: SearchOptions): Search {
  const cursors = new Map<Category, number>();

  async function note(category: Category, message: StoredMessage, task: TaskMessage) {
    const { id, run } = task;
    const traceparent = message.header('traceparent');
    await log.append({
      type: 'submitted',
      id,
      run,
      category,
      at: task.createdAt,
      task,
      ...(traceparent && { traceparent }),
    });
    metrics.reconciled.add(1, { category, missing: 'event' });
    logger.warn({ taskId: id, run, kind: task.kind }, 'the log did not know a task in its queue');
  }

  return async (category, before) => {
    const found = new Map<string, { message: StoredMessage; task: TaskMessage }>();
    let next = cursors.get(category) ?? 1;
    for (let read = 0; read < MAX_PER_PASS; read++) {
      const message = await directNext(bus, taskStream(category), `tasks.${category}.>`, next);
      if (!message || Date.parse(message.time) > before) break;
      next = message.seq + 1;
      const task = taskOf(message);
      if (task) found.set(task.id, { message, task });
    }
    if (found.size > 0) {
      await projection.barrier();
      const known = new Set(await projection.ask('submittedAmong', [...found.keys()]));
      for (const [id, { message, task }] of found) {
        if (!known.has(id)) await note(category, message, task);
      }
    }
    cursors.set(category, next);
  };
}

/** Undefined for what is not a task: the worker that pulls it says so. */
function taskOf({ data }: StoredMessage): TaskMessage | undefined {
  try {
    const task = JSON.parse(Buffer.from(data).toString()) as Partial<TaskMessage>;
    return task.id && task.kind && task.createdAt ? (task as TaskMessage) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
