import { type Category, type CategoryLimits, subjects } from '@slipstream/contracts';
import {
  type AgeingSettings,
  type Bus,
  directLast,
  encodeHeaders,
  JS_ERRORS,
  PublishError,
} from '@slipstream/jetstream';

/** What an operator has set for the pools of a category, over all processes and without restart. */
export interface PoolControls {
  /** Tasks in hand at once in one process; without it each process follows its own setting. */
  readonly slots?: number;
  /** Nothing new is taken; what is in hand goes on. */
  readonly paused?: boolean;
  /** Processes that an autoscaler keeps at least and at most. */
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  /** Waiting tasks per process that an autoscaler aims at. */
  readonly targetLag?: number;
  /** Most tasks that may wait or run before public submits meet `overflow`. */
  readonly maxQueued?: number;
  readonly overflow?: Overflow;
  /** How long a lower priority waits before it gets its share. */
  readonly ageing?: AgeingSettings;
  /** Levels by which tasks with a tag go up when they are submitted; negative: down. */
  readonly boosts?: Readonly<Record<string, number>>;
  /** Concurrency and rates of kinds, weights of tenants. */
  readonly limits?: CategoryLimits;
  /** Raised by each reset: pools drop their open pulls and begin anew. */
  readonly restarts?: number;
}

/** What happens to a public submit when its queue is full. */
export const overflows = ['reject', 'wait', 'drop-lowest'] as const;
export type Overflow = (typeof overflows)[number];

/** The controls of one category as they were stored: a higher revision is newer. */
export interface StoredControls {
  readonly revision: number;
  readonly controls: PoolControls;
}

const keyOf = (category: Category): string => `$KV.runtime.pool.${category}`;

/** What is set for a category now. `{}`: nothing was ever set. */
export async function readControls(bus: Bus, category: Category): Promise<StoredControls> {
  const last = await directLast(bus, 'KV_runtime', keyOf(category));
  const text = last && Buffer.from(last.data).toString();
  return { revision: last?.seq ?? 0, controls: text ? (JSON.parse(text) as PoolControls) : {} };
}

/**
 * Changes the controls of a category and tells every process. Two changes at once both take effect:
 * `change` is called again with what the other one has left. What it throws ends the attempt.
 */
export async function changeControls(
  bus: Bus,
  category: Category,
  change: (current: PoolControls) => PoolControls,
): Promise<PoolControls> {
  for (;;) {
    const { revision, controls } = await readControls(bus, category);
    const changed = change(controls);
    const headers = encodeHeaders({ 'Nats-Expected-Last-Subject-Sequence': String(revision) });
    try {
      const { seq } = await bus.publisher.publish(
        keyOf(category),
        JSON.stringify(changed),
        headers,
      );
      const stored: StoredControls = { revision: seq, controls: changed };
      bus.connection.publish(subjects.controls(category), JSON.stringify(stored));
      return changed;
    } catch (error) {
      const raced = error instanceof PublishError && error.code === JS_ERRORS.wrongLastSequence;
      if (!raced) throw error;
    }
  }
}

/** Controls that follow what is stored, for as long as they are not disposed. */
export interface WatchedControls extends Disposable {
  readonly current: PoolControls;
}

/** A broadcast can be missed while the connection is away; reading again bounds the delay. */
const REREAD_MS = 2_000;

/** Follows the controls of a category: changes are heard within milliseconds, lost ones within 2 s. */
export function watchControls(
  bus: Bus,
  category: Category,
  options: {
    readonly onChange?: (now: PoolControls, before: PoolControls) => void;
    readonly onError: (error: unknown) => void;
  },
): WatchedControls {
  let known: StoredControls = { revision: 0, controls: {} };
  let reading = false;

  function take(stored: StoredControls): void {
    if (stored.revision <= known.revision) return;
    const before = known.controls;
    known = stored;
    options.onChange?.(stored.controls, before);
  }

  async function reread(): Promise<void> {
    if (reading || bus.connection.isClosed()) return;
    reading = true;
    try {
      take(await readControls(bus, category));
    } catch (error) {
      options.onError(error);
    } finally {
      reading = false;
    }
  }

  const subscription = bus.connection.subscribe(subjects.controls(category), {
    callback(_error, message) {
      take(message.json<StoredControls>());
    },
  });
  const unlisten = bus.onStatus((status) => {
    if (status === 'reconnect') void reread();
  });
  const timer = setInterval(() => void reread(), REREAD_MS);
  void reread();
  return {
    get current() {
      return known.controls;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      unlisten();
      subscription.unsubscribe();
    },
  };
}
