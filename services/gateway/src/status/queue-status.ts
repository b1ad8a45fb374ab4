import { type Category, categoryNames, type Priority, priorities } from '@slipstream/contracts';
import { type Bus, laneCounts, type QueueCounts, queueCounts } from '@slipstream/jetstream';
import type { EndedCount, Projection, StateCount } from '@slipstream/tasklog';
import { overflows } from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import { readPools } from '../control/pool-view.ts';

/** What waits and runs in one category at one priority. */
export type QueueStatus = Static<typeof QueueStatusSchema>;

export const QueueStatusSchema = Type.Object({
  category: Type.String(),
  priority: Type.String(),
  waiting: Type.Integer({ description: 'Not delivered to a worker, those in lanes included' }),
  held: Type.Integer({
    description: 'Of these, in a lane: over a limit, or waiting for the turn of their tenant',
  }),
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
  throughputPerMinute: Type.Integer({ description: 'Tasks that ended within the last minute' }),
  minutesLeft: Type.Union([Type.Number(), Type.Null()], {
    description:
      'Until the last task that waits now is taken, higher priorities first, at the throughput of the category; null: nothing ended within the last minute',
  }),
  limits: Type.Object({
    slots: Type.Integer({ description: 'Tasks of the category in hand in one worker' }),
    maxQueued: Type.Integer({ description: 'Tasks of the category before submits overflow' }),
    overflow: Type.Enum([...overflows]),
  }),
  paused: Type.Boolean(),
});

const MINUTE_MS = 60_000;

/** Every category and priority: the queue from JetStream, the rest from the log. */
export async function readQueues(
  bus: Bus,
  projection: Projection,
  now = Date.now(),
): Promise<QueueStatus[]> {
  const [counts, open, ended, pools] = await Promise.all([
    readWaiting(bus),
    projection.ask('openCounts'),
    projection.ask('endedCounts', { windowMs: MINUTE_MS, now }),
    readPools(bus),
  ]);
  return counts.map((count) => {
    const pool = pools.find(({ category }) => category === count.category);
    if (!pool) throw new Error(`category ${count.category} has no pool`);
    const { slots, maxQueued, overflow, paused } = pool;
    return {
      ...statusOf(count, open, now),
      held: count.held,
      ...paceOf(count, counts, ended),
      limits: { slots, maxQueued, overflow },
      paused: paused || count.paused,
    };
  });
}

export const readCounts = async (bus: Bus): Promise<readonly QueueCounts[]> =>
  (await Promise.all(categoryNames.map((category) => queueCounts(bus, category)))).flat();

interface WaitingCounts extends QueueCounts {
  /** Of `waiting`, in lanes. */
  readonly held: number;
}

/** With what waits in lanes. */
async function readWaiting(bus: Bus): Promise<readonly WaitingCounts[]> {
  const lanes = await Promise.all(
    categoryNames.map(async (category) => [category, await laneCounts(bus, category)] as const),
  );
  const held = Object.fromEntries(lanes) as Record<Category, Record<Priority, number>>;
  return (await readCounts(bus)).map((count) => {
    const inLanes = held[count.category][count.priority];
    return { ...count, waiting: count.waiting + inLanes, held: inLanes };
  });
}

function statusOf(
  { category, priority, waiting, inHand }: QueueCounts,
  open: readonly StateCount[],
  now: number,
) {
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
  };
}

/** How fast tasks end, and how long it takes until those of a priority that wait now are taken. */
export function paceOf(
  { category, priority, waiting }: { category: Category; priority: Priority; waiting: number },
  counts: readonly Pick<QueueCounts, 'category' | 'priority' | 'waiting'>[],
  ended: readonly EndedCount[],
): Pick<QueueStatus, 'throughputPerMinute' | 'minutesLeft'> {
  const all = ended.filter((one) => one.category === category);
  const perMinute = all.reduce((sum, { count }) => sum + count, 0);
  const own = all.find((one) => one.priority === priority)?.count ?? 0;
  const rank = priorities.indexOf(priority);
  const ahead = counts
    .filter((one) => one.category === category && priorities.indexOf(one.priority) <= rank)
    .reduce((sum, one) => sum + one.waiting, 0);
  const minutes = perMinute === 0 ? null : Math.round((ahead / perMinute) * 100) / 100;
  return { throughputPerMinute: own, minutesLeft: waiting === 0 ? 0 : minutes };
}
