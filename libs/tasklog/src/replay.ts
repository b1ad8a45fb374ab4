import { type EventOf, messageId, subjects, type TaskMessage } from '@slipstream/contracts';
import { type Bus, directBySeq, encodeHeaders, taskStream } from '@slipstream/jetstream';
import { traceparentOf } from '@slipstream/telemetry';
import { appendKnownChildren } from './flow-log.ts';
import type { Projection } from './projection/projection.ts';
import type { ChildState } from './projection/queries.ts';
import { readSource } from './read-task.ts';

/** What must be known of a task to begin it again; a row of the projection has it. */
export type Replayable = Pick<ChildState, 'id' | 'run' | 'category' | 'state' | 'sourceSeq'>;

/** `raced`: somebody else began the next run. `source-gone`: the log no longer holds the payload. */
export type ReplayOutcome = 'replayed' | 'raced' | 'source-gone';

const AT_ONCE = 64;

/**
 * Begins a failed or cancelled task again, as its next run. First the log, by compare-and-set, so
 * that of two at once one wins; then the children that did not succeed, which the new run counts
 * with the others; then the queue. The caller has seen that the task may be replayed.
 */
export async function replayTask(
  bus: Bus,
  projection: Pick<Projection, 'ask'>,
  row: Replayable,
  edited?: { readonly payload: unknown },
): Promise<ReplayOutcome> {
  const source = await readSource(bus, row);
  if (!source) return 'source-gone';
  // Its deadline was that of the first run.
  const { startBy: _startBy, ...first } = source.task;
  const task: TaskMessage = {
    ...first,
    ...edited,
    run: row.run + 1,
    gen: first.gen + 1,
  };
  const traceparent = traceparentOf() ?? source.traceparent;
  const event: EventOf<'replayed'> = {
    type: 'replayed',
    id: row.id,
    run: task.run,
    category: row.category,
    at: new Date().toISOString(),
    task,
    ...(traceparent && { traceparent }),
  };
  if (!(await appendFirst(bus, event))) return 'raced';
  await replayChildren(bus, projection, row.id);
  await enqueue(bus, event);
  return 'replayed';
}

/**
 * Appends unless a message has begun this run already: the server refuses a second one with the
 * same id for two minutes, and after that every reader knows the run.
 */
async function appendFirst(bus: Bus, event: EventOf<'replayed'>): Promise<boolean> {
  const body = JSON.stringify([event]);
  const headers = encodeHeaders({ 'Nats-Msg-Id': `replayed.${event.id}.${event.run}` });
  const subject = subjects.events(event.category);
  const { seq, duplicate } = await bus.publisher.publishSurely(subject, body, headers);
  if (!duplicate) return true;
  // Ours too, when the answer to the first try was lost.
  const first = await directBySeq(bus, 'EVENTS', seq);
  return first !== undefined && Buffer.from(first.data).toString() === body;
}

/** What waits of older runs goes: a message that is still being answered would keep the new one out. */
async function enqueue(bus: Bus, { id, category, task, traceparent }: EventOf<'replayed'>) {
  await Promise.all([
    bus.manager.streams.purge(taskStream(category), {
      filter: subjects.taskAnywhere(category, id),
    }),
    bus.manager.streams.purge('SCHED', { filter: subjects.schedule(category, id) }),
  ]);
  const headers = encodeHeaders({ 'Nats-Msg-Id': messageId(task), traceparent });
  const subject = subjects.task(category, task.priority, id);
  await bus.publisher.publishSurely(subject, JSON.stringify(task), headers);
}

/** Children that succeeded stay; the others begin again, and all of them belong to the new run. */
async function replayChildren(
  bus: Bus,
  projection: Pick<Projection, 'ask'>,
  parentId: string,
): Promise<void> {
  const children = await projection.ask('childrenOf', parentId);
  const again = children.filter(({ state }) => state === 'failed' || state === 'cancelled');
  for (let from = 0; from < again.length; from += AT_ONCE) {
    const group = again.slice(from, from + AT_ONCE);
    await Promise.all(group.map((child) => replayTask(bus, projection, child)));
  }
  await appendKnownChildren(bus, parentId, children);
}
