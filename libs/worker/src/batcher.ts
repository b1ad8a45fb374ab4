import { AsyncLocalStorage } from 'node:async_hooks';
import type { PayloadOf, ResultOf, TaskDefinition, Tasks } from '@slipstream/contracts';
import type { Handler, TaskContext } from './handler.ts';

/** One task of a batch. */
export interface BatchItem<Definition extends TaskDefinition = TaskDefinition, Table = Tasks> {
  readonly payload: PayloadOf<Definition>;
  readonly context: TaskContext<Table>;
}

/**
 * Runs several tasks in one call: a result or an error for each, in their order. What it throws is
 * the error of all of them. `signal` aborts when every one of them was stopped.
 */
export type BatchHandler<Definition extends TaskDefinition = TaskDefinition, Table = Tasks> = (
  items: readonly BatchItem<Definition, Table>[],
  signal: AbortSignal,
) => Promise<readonly (ResultOf<Definition> | Error)[]>;

interface Entry<Definition extends TaskDefinition, Table> extends BatchItem<Definition, Table> {
  readonly settle: (outcome: ResultOf<Definition> | Error) => void;
}

/** Tasks that wait for company. */
interface Group<Definition extends TaskDefinition, Table> {
  readonly entries: Set<Entry<Definition, Table>>;
  readonly timer: NodeJS.Timeout;
  /** The call belongs to the trace of the task that came first. */
  readonly inTrace: <T>(run: () => T) => T;
}

/**
 * Makes a handler of one task out of a handler of many, as `batch` of the definition says: a call
 * begins when `max` tasks are together, or `waitMs` after the first of them came. Each task keeps a
 * slot, an outcome, its attempts and its cancel: one that is stopped leaves at once, and the others
 * go on. A pool of fewer `slots` than `max` fills smaller batches and does not wait for more.
 */
export function batched<Definition extends TaskDefinition, Table = Tasks>(
  definition: Definition,
  handle: BatchHandler<Definition, Table>,
  slots: number,
): Handler<Definition, Table> {
  const { max: most, waitMs, key } = definition.batch ?? { max: 1, waitMs: 0 };
  const max = Math.min(most, slots);
  const groups = new Map<string, Group<Definition, Table>>();

  function open(name: string): Group<Definition, Table> {
    const group = {
      entries: new Set<Entry<Definition, Table>>(),
      timer: setTimeout(() => close(name), waitMs),
      inTrace: AsyncLocalStorage.snapshot(),
    };
    groups.set(name, group);
    return group;
  }

  function close(name: string): void {
    const group = groups.get(name);
    if (!group) return;
    clearTimeout(group.timer);
    groups.delete(name);
    const entries = [...group.entries];
    if (entries.length > 0) void group.inTrace(() => run(entries));
  }

  async function run(entries: readonly Entry<Definition, Table>[]): Promise<void> {
    const outcomes = await outcomesOf(entries);
    entries.forEach(({ settle }, place) => {
      settle(outcomes[place] as ResultOf<Definition> | Error);
    });
  }

  async function outcomesOf(
    items: readonly BatchItem<Definition, Table>[],
  ): Promise<readonly (ResultOf<Definition> | Error)[]> {
    try {
      const outcomes = await handle(items, whenAllStopped(items));
      if (outcomes.length === items.length) return outcomes;
      const { kind } = definition;
      const got = `${outcomes.length} outcomes for ${items.length} tasks`;
      throw new TypeError(`the handler of ${kind} gave ${got}: it has to give one for each`);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return items.map(() => failure);
    }
  }

  return (payload, context) => {
    const { promise, resolve, reject } = Promise.withResolvers<ResultOf<Definition>>();
    const { signal } = context;
    if (signal.aborted) return Promise.reject(signal.reason);
    const entry: Entry<Definition, Table> = {
      payload,
      context,
      settle(outcome) {
        signal.removeEventListener('abort', leave);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      },
    };
    const name = key ? key(payload) : '';
    const group = name === undefined || max < 2 ? undefined : (groups.get(name) ?? open(name));
    const leave = (): void => {
      group?.entries.delete(entry);
      entry.settle(signal.reason);
    };
    signal.addEventListener('abort', leave);
    if (name === undefined || !group) void run([entry]);
    else {
      group.entries.add(entry);
      if (group.entries.size >= max) close(name);
    }
    return promise;
  };
}

function whenAllStopped(items: readonly { context: { signal: AbortSignal } }[]): AbortSignal {
  const all = new AbortController();
  let open = items.length;
  for (const { context } of items) {
    context.signal.addEventListener('abort', () => {
      open -= 1;
      if (open === 0) all.abort(context.signal.reason);
    });
  }
  return all.signal;
}
