import { type Category, categories, categoryNames } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import {
  overflows,
  type PoolControls,
  readControls,
  readWorkers,
  type WorkerEntry,
} from '@slipstream/worker';
import { type Static, Type } from 'typebox';
import {
  AgeingChange,
  AgeingView,
  ageingView,
  LimitsChange,
  LimitsView,
  limitsView,
} from './change-limits.ts';
import { readQueueLimit } from './queue-limit.ts';

/** What an autoscaler goes by where nobody has set anything. */
const defaults = { minReplicas: 1, maxReplicas: 32, targetLag: 100, overflow: 'reject' } as const;

const limits = {
  slots: Type.Integer({ minimum: 1, maximum: 1_000, description: 'Tasks in hand in one process' }),
  minReplicas: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    description: 'Processes that an autoscaler keeps at least',
  }),
  maxReplicas: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: 'Processes that an autoscaler keeps at most',
  }),
  targetLag: Type.Integer({
    minimum: 1,
    maximum: 1_000_000,
    description: 'Waiting tasks per process that an autoscaler aims at',
  }),
  maxQueued: Type.Integer({
    minimum: 1,
    description: 'Tasks that may be queued or in hand before a submit meets `overflow`',
  }),
  overflow: Type.Enum([...overflows], {
    description:
      'What a submit to a full queue meets: `reject` (503), `wait` (up to 5 s for room), `drop-lowest` (the newest task of the lowest lower priority makes room)',
  }),
};

const Boost = Type.Integer({ minimum: -4, maximum: 4 });

/** Body of `PATCH /v1/pools/{category}`. */
export const PoolChange = Type.Object(
  {
    slots: Type.Optional(limits.slots),
    minReplicas: Type.Optional(limits.minReplicas),
    maxReplicas: Type.Optional(limits.maxReplicas),
    targetLag: Type.Optional(limits.targetLag),
    maxQueued: Type.Optional(limits.maxQueued),
    overflow: Type.Optional(limits.overflow),
    ageing: Type.Optional(AgeingChange),
    limits: Type.Optional(LimitsChange),
    boosts: Type.Optional(
      Type.Record(Type.String(), Type.Union([Boost, Type.Null()]), {
        description:
          'Tag to levels by which tasks with it go up when they are submitted; null: none',
      }),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);

/** A pool: what is set for it, and what it is over all processes. */
export const PoolView = Type.Object({
  category: Type.Enum([...categoryNames]),
  service: Type.String({ description: 'Service that runs it' }),
  ...limits,
  ageing: AgeingView,
  limits: LimitsView,
  boosts: Type.Record(Type.String(), Boost, { description: 'What tags do to priorities' }),
  paused: Type.Boolean(),
  workers: Type.Integer({ description: 'Processes that are alive' }),
  totalSlots: Type.Integer({ description: 'Slots of all of them' }),
  inHand: Type.Integer({ description: 'Tasks in hand of all of them' }),
  queued: Type.Integer({ description: 'Tasks that count against `maxQueued`' }),
});

export async function readPools(bus: Bus): Promise<Static<typeof PoolView>[]> {
  const workers = await readWorkers(bus);
  return Promise.all(categoryNames.map((category) => readPool(bus, category, workers)));
}

/** What is in effect where `controls` says nothing. */
export const withDefaults = (controls: PoolControls) => ({ ...defaults, ...controls });

export async function readPool(
  bus: Bus,
  category: Category,
  workers: readonly WorkerEntry[],
): Promise<Static<typeof PoolView>> {
  const { controls } = await readControls(bus, category);
  const limit = await readQueueLimit(bus, category, controls);
  const pools = workers
    .filter(({ status }) => status !== 'draining')
    .flatMap((worker) => worker.pools.filter((pool) => pool.category === category));
  const sum = (field: 'slots' | 'inHand') => pools.reduce((total, pool) => total + pool[field], 0);
  const { service, slots } = categories[category];
  const { minReplicas, maxReplicas, targetLag, overflow, paused = false } = withDefaults(controls);
  return {
    category,
    service,
    slots: controls.slots ?? pools[0]?.slots ?? slots,
    minReplicas,
    maxReplicas,
    targetLag,
    maxQueued: limit.maxQueued,
    overflow,
    ageing: ageingView(controls.ageing),
    limits: limitsView(category, controls.limits),
    boosts: { ...controls.boosts },
    paused,
    workers: pools.length,
    totalSlots: sum('slots'),
    inHand: sum('inHand'),
    queued: limit.queued,
  };
}
