import { type Category, categoryNames, type Priority } from '@slipstream/contracts';
import { type Bus, type QueueCounts, queueCounts } from '@slipstream/jetstream';
import type { Projection, StateCount } from '@slipstream/tasklog';
import { Type } from 'typebox';

/** What waits and runs in one category at one priority. */
export interface QueueStatus {
  readonly category: Category;
  readonly priority: Priority;
  readonly waiting: number;
  readonly running: number;
  readonly retrying: number;
  readonly scheduled: number;
  readonly waitingForChildren: number;
  readonly inHand: number;
  readonly oldestAgeMs: number | null;
  readonly paused: boolean;
}

export const QueueStatusSchema = Type.Object({
  category: Type.String(),
  priority: Type.String(),
  waiting: Type.Integer({ description: 'In the stream, not delivered to a worker' }),
  running: Type.Integer({
    description: 'Started and not ended; a run of under 20 ms may be missed',
  }),
  retrying: Type.Integer({ description: 'Failed, and not yet due again' }),
  scheduled: Type.Integer({ description: 'Not yet due' }),
  waitingForChildren: Type.Integer({
    description: 'Ended but for their children, or held by a limit',
  }),
  inHand: Type.Integer({ description: 'Delivered and not acknowledged, delayed retries included' }),
  oldestAgeMs: Type.Union([Type.Number(), Type.Null()], {
    description: 'Age of the oldest task that has not started',
  }),
  paused: Type.Boolean(),
});

/** Every category and priority: the queue from JetStream, the rest from the log. */
export async function readQueues(
  bus: Bus,
  projection: Projection,
  now = Date.now(),
): Promise<QueueStatus[]> {
  const [counts, open] = await Promise.all([readCounts(bus), projection.ask('openCounts')]);
  return counts.map((count) => statusOf(count, open, now));
}

export const readCounts = async (bus: Bus): Promise<readonly QueueCounts[]> =>
  (await Promise.all(categoryNames.map((category) => queueCounts(bus, category)))).flat();

function statusOf(
  { category, priority, waiting, inHand }: QueueCounts,
  open: readonly StateCount[],
  now: number,
): QueueStatus {
  const own = open.filter((one) => one.category === category && one.priority === priority);
  const stateOf = (state: string) => own.find((one) => one.state === state);
  const countOf = (state: string): number => stateOf(state)?.count ?? 0;
  const oldest = stateOf('queued')?.oldest;
  return {
    category,
    priority,
    waiting,
    running: countOf('running'),
    retrying: countOf('retrying'),
    scheduled: countOf('scheduled'),
    waitingForChildren: countOf('waiting'),
    inHand,
    oldestAgeMs: oldest === undefined ? null : Math.max(0, now - oldest),
    paused: false,
  };
}
