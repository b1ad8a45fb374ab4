import { type Category, type Priority, subjects, type TaskMessage } from '@slipstream/contracts';
import {
  type Bus,
  directBySeq,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
  taskStream,
} from '@slipstream/jetstream';
import { CHECK_HEADER, type EventLog } from '@slipstream/tasklog';

/**
 * Moves a task from its lane into its queue: the event, the queue, and only then out of the lane, so
 * that a crash in between is made good by doing it again. `gone`: it was cancelled meanwhile.
 * `again`: its worker has not taken the copy that it parked out of the queue yet.
 */
export async function releaseTask(
  bus: Bus,
  log: EventLog,
  category: Category,
  seq: number,
): Promise<'released' | 'gone' | 'again'> {
  const stored = await directBySeq(bus, 'LANES', seq);
  if (!stored) return 'gone';
  const parked = JSON.parse(Buffer.from(stored.data).toString()) as TaskMessage;
  const task = { ...parked, gen: parked.gen + 1 };
  const { id, run, gen, priority } = task;
  const headers = encodeHeaders({
    'Nats-Msg-Id': `${id}.${run}.${gen}`,
    'Nats-Expected-Last-Subject-Sequence': '0',
    'Nats-Expected-Last-Subject-Sequence-Subject': subjects.taskAnywhere(category, id),
    [CHECK_HEADER]: '1',
    traceparent: stored.header('traceparent'),
  });
  const nextAttempt = (task.attempts ?? 0) + 1;
  const at = new Date().toISOString();
  await log.append({ type: 'released', id, run, category, at, gen, nextAttempt });
  try {
    const subject = subjects.task(category, priority as Priority, id);
    await bus.publisher.publishSurely(subject, JSON.stringify(task), headers);
  } catch (error) {
    const waits = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
    if (!waits) throw error;
    if (!(await waitsAlready(bus, category, task))) return 'again';
  }
  await remove(bus, seq);
  return 'released';
}

/** This generation of the task, or a later one, is in its queue. */
async function waitsAlready(bus: Bus, category: Category, task: TaskMessage): Promise<boolean> {
  const subject = subjects.taskAnywhere(category, task.id);
  const waiting = await directLast(bus, taskStream(category), subject);
  if (!waiting) return false;
  const { run, gen } = JSON.parse(Buffer.from(waiting.data).toString()) as TaskMessage;
  return run > task.run || (run === task.run && gen >= task.gen);
}

const remove = (bus: Bus, seq: number): Promise<unknown> =>
  bus.manager.streams.deleteMessage('LANES', seq, false);
