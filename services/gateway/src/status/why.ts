import {
  type Category,
  finalStates,
  type Priority,
  priorities,
  type TaskState,
} from '@slipstream/contracts';
import { type QueueCounts, queueCounts } from '@slipstream/jetstream';
import { type ChildState, isParked, type TaskRow } from '@slipstream/tasklog';
import { readWorkers, type WorkerEntry } from '@slipstream/worker';
import type { GatewayParts } from '../parts.ts';

/** What holds a task, as a word for machines. */
export const holds = [
  'ended',
  'running',
  'delay',
  'backoff',
  'children',
  'limit',
  'paused',
  'no-worker',
  'breaker-open',
  'pool-full',
  'turn',
] as const;

/** Where a task is and what holds it: in words, and the facts that the words are made of. */
export interface Why {
  readonly id: string;
  readonly state: TaskState;
  readonly heldBy: (typeof holds)[number];
  readonly words: string;
  /** Of delay, backoff and breaker: when it may go on. */
  readonly until?: string;
  readonly worker?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly children?: { readonly total: number; readonly open: number; readonly failed: number };
  readonly queue?: QueuePlace;
}

export interface QueuePlace {
  /** From 1, among the queued of its category and priority. */
  readonly position: number;
  readonly effectivePriority: Priority;
  /** Tasks of higher priorities that go first. */
  readonly higher: number;
  readonly workers: number;
  readonly slots: number;
  readonly inHand: number;
  readonly paused: boolean;
}

type Answer = Omit<Why, 'id' | 'state'>;

/** Asks the projection, the consumers and the registry of workers. */
export async function whyOf(parts: GatewayParts, row: TaskRow, now = Date.now()): Promise<Why> {
  const { id, state } = row;
  return { id, state, ...(await holdOf(parts, row, now)) };
}

async function holdOf(parts: GatewayParts, row: TaskRow, now: number): Promise<Answer> {
  const { id, state } = row;
  const due =
    row.runAt === null || row.runAt <= now ? undefined : new Date(row.runAt).toISOString();
  if (finalStates.has(state)) return ended(row);
  if (isParked(row)) return limited(parts, row);
  if (state === 'waiting') return children(await parts.projection.ask('childrenOf', id));
  if (state === 'running') {
    const worker = row.worker ?? 'a worker';
    return { heldBy: 'running', words: `Attempt ${row.attempt} runs on ${worker}.`, worker };
  }
  if (state === 'scheduled' && due) {
    return { heldBy: 'delay', words: `It is not to run before ${due}.`, until: due };
  }
  if (state === 'retrying' && due) {
    const error = errorOf(row);
    const words = `Attempt ${row.attempt} failed (${error.message}); the next is due at ${due}.`;
    return { heldBy: 'backoff', words, until: due, error };
  }
  const category = row.category as Category;
  const [ahead, counts, workers] = await Promise.all([
    parts.projection.ask('queuedBefore', id),
    queueCounts(parts.bus, category),
    readWorkers(parts.bus),
  ]);
  return queued(row, ahead, counts, workers);
}

function ended(row: TaskRow): Answer {
  const at = new Date(row.finishedAt ?? row.createdAt).toISOString();
  if (row.state === 'succeeded') return { heldBy: 'ended', words: `It succeeded at ${at}.` };
  const error = errorOf(row);
  const words = `It ${row.state === 'failed' ? 'failed' : 'was cancelled'} at ${at}: ${error.message}.`;
  return { heldBy: 'ended', words, error };
}

function children(all: readonly ChildState[]): Answer {
  const open = all.filter((child) => !finalStates.has(child.state)).length;
  const failed = all.filter((child) => child.state === 'failed').length;
  const counts = { total: all.length, open, failed };
  const words = `It has returned and waits for ${open} of its ${all.length} children.`;
  return { heldBy: 'children', words, children: counts };
}

/** As its last event says: which limit, and under which key. */
async function limited({ projection }: GatewayParts, row: TaskRow): Promise<Answer> {
  const events = (await projection.history(row)).map(({ event }) => event);
  const parked = events.findLast((event) => event.type === 'parked');
  const limit = parked?.limit ?? 'concurrency';
  const key = parked?.key ? ` and key ${parked.key}` : '';
  const tenant = parked?.tenant ? `, for tenant ${parked.tenant}` : '';
  const words = `It waits in a lane${tenant}: the ${limit} limit of kind ${row.kind}${key} is reached.`;
  return { heldBy: 'limit', words };
}

function queued(
  row: TaskRow,
  ahead: number,
  counts: readonly QueueCounts[],
  workers: readonly WorkerEntry[],
): Answer {
  const priority = row.priority as Priority;
  const rank = priorities.indexOf(priority);
  const pools = workers
    .filter(({ status }) => status !== 'draining')
    .flatMap((worker) => worker.pools.filter((pool) => pool.category === row.category));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const queue: QueuePlace = {
    position: ahead + 1,
    effectivePriority: priority,
    higher: sum(counts.filter((one) => priorities.indexOf(one.priority) < rank).map(waitingOf)),
    workers: pools.length,
    slots: sum(pools.map(({ slots }) => slots)),
    inHand: sum(pools.map(({ inHand }) => inHand)),
    paused: counts.some((one) => one.priority === priority && one.paused),
  };
  const place = `It is number ${queue.position} of priority ${priority} in ${row.category}, behind ${queue.higher} of higher priorities`;
  if (queue.paused) return { heldBy: 'paused', words: `${place}; the queue is paused.`, queue };
  if (queue.workers === 0) {
    const words = `${place}; no worker of ${row.category} is alive.`;
    return { heldBy: 'no-worker', words, queue };
  }
  const breaker = openBreaker(workers, row.category);
  if (breaker) {
    const until = breaker.nextTrialAt;
    const words = `${place}; ${breaker.dependency} is not called before ${until}, its breaker is open.`;
    return { heldBy: 'breaker-open', words, until, queue };
  }
  if (queue.inHand >= queue.slots) {
    const words = `${place}; all ${queue.slots} slots of ${queue.workers} workers are taken.`;
    return { heldBy: 'pool-full', words, queue };
  }
  return { heldBy: 'turn', words: `${place}; a slot is free, and it starts in a moment.`, queue };
}

const waitingOf = ({ waiting }: QueueCounts): number => waiting;

interface OpenBreaker {
  readonly dependency: string;
  readonly state: string;
  readonly nextTrialAt: string;
}

/** The breaker that opens again last, if every worker of the category has one that is open. */
function openBreaker(workers: readonly WorkerEntry[], category: string): OpenBreaker | undefined {
  const own = workers.filter(({ pools }) => pools.some((pool) => pool.category === category));
  const open = own.map(({ extra }) => {
    const { breakers = [] } = (extra ?? {}) as { breakers?: readonly Partial<OpenBreaker>[] };
    return breakers.find(
      (one): one is OpenBreaker => one.state === 'open' && one.nextTrialAt !== undefined,
    );
  });
  return open.every((one) => one !== undefined)
    ? open.toSorted((a, b) => (a.nextTrialAt < b.nextTrialAt ? -1 : 1))[0]
    : undefined;
}

function errorOf({ error }: TaskRow): { code: string; message: string } {
  const { code, message } = JSON.parse(error ?? '{"code":"","message":""}') as {
    code: string;
    message: string;
  };
  return { code, message };
}
