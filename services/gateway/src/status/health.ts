import {
  type Category,
  categories,
  categoryNames,
  type Leader,
  leaders,
} from '@slipstream/contracts';
import { type Bus, type Lease, readLease } from '@slipstream/jetstream';
import { readWorkers, type WorkerEntry } from '@slipstream/worker';
import { Type } from 'typebox';
import { within } from '../broker.ts';
import type { GatewayParts } from '../parts.ts';
import { breakersOf } from './breakers.ts';

type Status = 'healthy' | 'degraded' | 'unhealthy';

interface Check {
  readonly status: Status;
  /** In words. */
  readonly detail: string;
}

interface Health extends Pick<Check, 'status'> {
  readonly dependencies: Readonly<Record<'nats' | 'projection', Check>>;
  readonly categories: Readonly<Record<Category, Check>>;
  /** Who leads what is led by one process; null: nobody. */
  readonly leaders: Readonly<Record<Leader, Lease | null>>;
  /** What a person should look at, in words. */
  readonly alerts: string[];
}

const StatusSchema = Type.Enum(['healthy', 'degraded', 'unhealthy']);
const CheckSchema = Type.Object({ status: StatusSchema, detail: Type.String() });

export const HealthSchema = Type.Object({
  status: StatusSchema,
  dependencies: Type.Record(Type.String(), CheckSchema),
  categories: Type.Record(Type.String(), CheckSchema),
  leaders: Type.Record(
    Type.String(),
    Type.Union([Type.Object({ holder: Type.String(), at: Type.String() }), Type.Null()]),
    { description: 'Who leads what one process leads at a time; null: nobody' },
  ),
  alerts: Type.Array(Type.String(), { description: 'What a person should look at, in words' }),
});

const ANSWER_MS = 700;
/** A view this far behind the log still answers, but not about what just happened. */
const MAX_LAG = 1_000;

/** How the system is: what the gateway needs, and whether every category has a worker. */
export async function readHealth(parts: GatewayParts): Promise<Health> {
  const { bus } = parts;
  const [nats, projection] = await Promise.all([checkNats(parts), checkProjection(parts)]);
  const up = nats.status === 'healthy';
  const [workers, leases] = await Promise.all([
    up ? answered(readWorkers(bus)) : undefined,
    up ? answered(readLeases(bus)) : undefined,
  ]);
  const perCategory = Object.fromEntries(
    categoryNames.map((category) => [category, checkCategory(category, workers)]),
  ) as Record<Category, Check>;
  const breakers = openBreakers(workers ?? []);
  const leaderless = leases ? withoutLeader(leases) : [];
  const dependencies = { nats, projection };
  const checks = [...Object.values(dependencies), ...Object.values(perCategory)];
  return {
    status: overall(checks, [...breakers, ...leaderless]),
    dependencies,
    categories: perCategory,
    leaders: { ...noLeaders, ...leases },
    alerts: [
      ...checks.filter(({ status }) => status !== 'healthy').map(({ detail }) => detail),
      ...breakers,
      ...leaderless,
    ],
  };
}

export async function checkNats({ bus, broker }: GatewayParts): Promise<Check> {
  if (!broker.connected) return { status: 'unhealthy', detail: 'NATS is not connected' };
  const since = performance.now();
  const alive = await answered(bus.connection.flush().then(() => true));
  if (!alive) return { status: 'unhealthy', detail: `NATS did not answer within ${ANSWER_MS} ms` };
  return { status: 'healthy', detail: `answered in ${Math.ceil(performance.now() - since)} ms` };
}

export async function checkProjection({ bus, broker, projection }: GatewayParts): Promise<Check> {
  const info = broker.connected && (await answered(bus.manager.streams.info('EVENTS')));
  if (!info) return { status: 'degraded', detail: 'the log cannot be read: states may be old' };
  const lag = Math.max(0, info.state.last_seq - projection.applied);
  const detail = `${lag} messages behind the log`;
  return lag > MAX_LAG
    ? { status: 'degraded', detail: `the view of tasks is ${detail}` }
    : { status: 'healthy', detail };
}

function checkCategory(category: Category, workers: readonly WorkerEntry[] | undefined): Check {
  if (!workers) return { status: 'degraded', detail: `workers of ${category} are not known` };
  const alive = workers
    .filter(({ status }) => status !== 'draining')
    .flatMap(({ pools }) => pools.filter((pool) => pool.category === category));
  const slots = alive.reduce((sum, pool) => sum + pool.slots, 0);
  if (slots > 0) return { status: 'healthy', detail: `${alive.length} workers, ${slots} slots` };
  const { service } = categories[category];
  return {
    status: 'degraded',
    detail: `no worker of ${category} is alive: its tasks wait until a ${service} service runs`,
  };
}

type Leases = Readonly<Record<Leader, Lease | null>>;

const leaderNames = Object.keys(leaders) as Leader[];
const noLeaders = Object.fromEntries(leaderNames.map((name) => [name, null])) as Leases;

async function readLeases(bus: Bus): Promise<Leases> {
  const read = leaderNames.map(async (name) => [name, (await readLease(bus, name)) ?? null]);
  return Object.fromEntries(await Promise.all(read)) as Leases;
}

/** What nobody leads, in words. */
const withoutLeader = (leases: Leases): string[] =>
  leaderNames
    .filter((name) => leases[name] === null)
    .map((name) => `nobody leads ${name}: ${leaders[name]}, until a maintenance service runs`);

/** Breakers that are not closed, in words. */
const openBreakers = (workers: readonly WorkerEntry[]): string[] =>
  breakersOf(workers)
    .filter(({ state }) => state !== 'closed')
    .map(
      ({ dependency, endpoint, state, worker }) =>
        `the breaker of ${dependency} ${endpoint} is ${state} in ${worker}`,
    );

function overall(checks: readonly Check[], more: readonly string[]): Status {
  if (checks.some(({ status }) => status === 'unhealthy')) return 'unhealthy';
  const clean = more.length === 0 && checks.every(({ status }) => status === 'healthy');
  return clean ? 'healthy' : 'degraded';
}

/** Undefined when there is no answer in time, or an error for one. */
async function answered<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await within(ANSWER_MS, promise, () => new Error(`no answer within ${ANSWER_MS} ms`));
  } catch {
    return undefined;
  }
}
