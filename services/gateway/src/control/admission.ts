import { setTimeout as sleep } from 'node:timers/promises';
import { type Category, type Priority, ProblemError } from '@slipstream/contracts';
import { type Bus, takeLock } from '@slipstream/jetstream';
import type { EventLog } from '@slipstream/tasklog';
import { type Overflow, readControls } from '@slipstream/worker';
import type { Broker } from '../broker.ts';
import type { Boosts } from './boost.ts';
import { dropLowest } from './drop-lowest.ts';
import { type QueueLimit, readQueueLimit } from './queue-limit.ts';

export interface AdmissionParts {
  readonly bus: Bus;
  readonly broker: Broker;
  readonly log: EventLog;
}

export interface Admitted<T> {
  readonly value: T;
  /** The task that was dropped to make room. */
  readonly droppedTaskId?: string;
}

/** Lets tasks into queues that are bounded. */
export interface Admission {
  /**
   * Stores a task by `store` when its queue has room, or when its overflow policy makes room.
   * Rejects with `queue-full` otherwise; then `store` was not called.
   */
  admit<T>(category: Category, priority: Priority, store: () => Promise<T>): Promise<Admitted<T>>;
  /** What tags do to the priority of tasks of the category, as it was set up to 250 ms ago. */
  boosts(category: Category): Promise<Boosts>;
}

/** With more room than this a count of a moment ago is good enough: nobody fills it before the next one. */
const SAFE_ROOM = 10_000;
const FRESH_MS = 250;
/** How long a submit waits for room, or for its turn. */
const PATIENCE_MS = 5_000;
/** Between two looks at a full queue, and at a lock that another gateway has. */
const ROOM_POLL_MS = 50;
const LOCK_POLL_MS = 5;
const RETRY_AFTER_S = 5;

/** What decides about a submit. */
interface GateState extends QueueLimit {
  readonly overflow: Overflow;
  readonly boosts: Boosts;
}

/** A submit that waits for its turn. */
interface Entry {
  readonly priority: Priority;
  readonly deadline: number;
  readonly take: (droppedTaskId?: string) => Promise<void>;
  readonly refuse: (error: unknown) => void;
}

/**
 * Exact over all gateways: near its bound a queue is filled by one gateway at a time, which counts
 * and stores under a lock, many tasks in one turn. Far below it everybody stores at once.
 */
export function createAdmission(parts: AdmissionParts): Admission {
  const gates = new Map<Category, ReturnType<typeof createGate>>();
  function gateOf(category: Category): ReturnType<typeof createGate> {
    const gate = gates.get(category) ?? createGate(parts, category);
    gates.set(category, gate);
    return gate;
  }
  return {
    admit: (category, priority, store) => gateOf(category).admit(priority, store),
    boosts: async (category) => (await gateOf(category).fresh()).boosts,
  };
}

function createGate({ bus, broker, log }: AdmissionParts, category: Category) {
  let known: { readonly at: number; readonly state: Promise<GateState> } | undefined;
  let stored = 0;
  let entries: Entry[] = [];
  let working = false;

  const read = (): Promise<GateState> =>
    broker.call(async () => {
      const { controls } = await readControls(bus, category);
      const limit = await readQueueLimit(bus, category, controls);
      const { overflow = 'reject', boosts = {} } = controls;
      return { ...limit, overflow, boosts };
    });

  /** As it was up to 250 ms ago. */
  function fresh(): Promise<GateState> {
    const now = performance.now();
    if (!known || now - known.at > FRESH_MS) {
      known = { at: now, state: read() };
      stored = 0;
    }
    return known.state;
  }

  async function isRoomy(): Promise<boolean> {
    const { maxQueued, queued } = await fresh();
    return maxQueued - queued - stored > SAFE_ROOM;
  }

  async function admit<T>(priority: Priority, store: () => Promise<T>): Promise<Admitted<T>> {
    if (await isRoomy()) {
      stored += 1;
      return { value: await store() };
    }
    const { promise, resolve, reject } = Promise.withResolvers<Admitted<T>>();
    entries.push({
      priority,
      deadline: performance.now() + PATIENCE_MS,
      take: (droppedTaskId) =>
        store().then(
          (value) => resolve({ value, ...(droppedTaskId && { droppedTaskId }) }),
          reject,
        ),
      refuse: reject,
    });
    void work();
    return promise;
  }

  async function work(): Promise<void> {
    if (working) return;
    working = true;
    try {
      while (entries.length > 0) await sleep(await turn());
    } catch (error) {
      for (const { refuse } of entries.splice(0)) refuse(error);
    } finally {
      working = false;
    }
  }

  /** One turn under the lock; resolves with the pause before the next one, in ms. */
  async function turn(): Promise<number> {
    await using lock = await broker.call(() => takeLock(bus, `admit-${category}`));
    if (!lock) {
      refuseLate();
      return LOCK_POLL_MS;
    }
    const { maxQueued, queued, overflow } = await read();
    const room = Math.max(0, maxQueued - queued);
    const all = entries.splice(0);
    await Promise.all(all.slice(0, room).map(({ take }) => take()));
    const rest = all.slice(room);
    if (overflow === 'wait') {
      entries = [...rest, ...entries];
      refuseLate();
      return ROOM_POLL_MS;
    }
    for (const entry of rest) {
      if (overflow === 'drop-lowest') await replace(entry);
      else entry.refuse(full(`the queue of ${category} is full (${maxQueued} tasks)`));
    }
    return 0;
  }

  async function replace({ priority, take, refuse }: Entry): Promise<void> {
    try {
      const droppedTaskId = await broker.call(() => dropLowest({ bus, log }, category, priority));
      if (droppedTaskId) return await take(droppedTaskId);
      refuse(full(`the queue of ${category} is full and nothing below ${priority} waits in it`));
    } catch (error) {
      refuse(error);
    }
  }

  function refuseLate(): void {
    const now = performance.now();
    const late = entries.filter(({ deadline }) => deadline <= now);
    entries = entries.filter(({ deadline }) => deadline > now);
    for (const { refuse } of late) {
      refuse(full(`the queue of ${category} had no room for ${PATIENCE_MS} ms`));
    }
  }

  return { admit, fresh };
}

const full = (why: string): ProblemError =>
  new ProblemError('queue-full', `Nothing was accepted: ${why}.`, { retryAfterS: RETRY_AFTER_S });
