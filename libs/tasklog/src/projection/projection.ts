import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type TaskEvent, type TaskTable, tasks } from '@slipstream/contracts';
import { type Bus, directBySeq } from '@slipstream/jetstream';
import type { FromApply, ToApply } from './apply-thread.ts';
import type { ChildChange } from './child-changes.ts';
import type { Searchable } from './findable.ts';
import type { ListFilter } from './list.ts';
import { Progress } from './progress.ts';
import type { Queries, QueryName } from './queries.ts';
import type { Question, Reply } from './query-thread.ts';
import { restoreSnapshot } from './restore-snapshot.ts';
import type { LoggedEvent } from './row-store.ts';
import type { TaskRow } from './task-row.ts';

export type Listener = (logged: LoggedEvent) => void;
export type ChildListener = (changes: readonly ChildChange[]) => void;

/** The log as tables: what every task is now. Follows by about a millisecond. */
export interface Projection extends AsyncDisposable {
  /** Sequence of the last message applied. */
  readonly applied: number;
  /** Waits until all that was stored before this call is applied. */
  barrier(): Promise<void>;
  /** A task, or undefined when the log does not know it either. */
  task(id: string): Promise<TaskRow | undefined>;
  list(filter: ListFilter): Promise<TaskRow[]>;
  ask<N extends QueryName>(
    name: N,
    ...argument: Parameters<Queries[N]> extends [unknown, infer A] ? [A] : []
  ): Promise<ReturnType<Queries[N]>>;
  /** The transitions of a task, read from the log, oldest first. */
  history(row: TaskRow): Promise<LoggedEvent[]>;
  /** Calls `listener` for each event of these tasks that is applied from now on. Returns the way out. */
  watch(ids: readonly string[], listener: Listener): () => void;
  /**
   * Calls `listener` with children of this task that have ended or begun again, from now on. Costs
   * nothing for each child, unlike `watch`. Returns the way out.
   */
  watchChildren(parentId: string, listener: ChildListener): () => void;
  /** Resolves when every watch before this call is in effect: what a later question does not show, the listener gets. */
  watching(): Promise<void>;
}

export interface ProjectionOptions {
  /** Folder of the file; one per process. */
  readonly dir: string;
  readonly name: string;
  /** Kinds whose `searchable` fields are found by their words. Default: the system's own. */
  readonly tasks?: TaskTable;
}

/** The file of a projection. */
export const projectionFile = ({ dir, name }: ProjectionOptions): string =>
  join(dir, `${name}.sqlite`);

/**
 * Events and rows are read and forgotten: with room to grow, threads would only let more of them lie
 * (100 MB and more). What a thread holds is far below its limit; V8 takes the limit for how long
 * garbage may lie, so that a lower one is collected sooner.
 */
const resourceLimits = {
  apply: { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 384 },
  query: { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 384 },
} as const;

/** Opens the file and its two threads, from the newest snapshot if there is no file, and catches up in the background. */
export async function openProjection(bus: Bus, options: ProjectionOptions): Promise<Projection> {
  mkdirSync(options.dir, { recursive: true });
  const file = projectionFile(options);
  await restoreSnapshot(bus, file);
  const searchable = searchableOf(options.tasks ?? tasks);
  const progress = new Progress();
  const input = { url: bus.url, name: options.name, file, searchable, progress: progress.buffer };
  const apply = new Worker(new URL('./apply-thread.ts', import.meta.url), {
    workerData: input,
    resourceLimits: resourceLimits.apply,
  });
  await once(apply, 'message');
  const query = new Worker(new URL('./query-thread.ts', import.meta.url), {
    workerData: { file },
    resourceLimits: resourceLimits.query,
  });

  const listeners = new Map<string, Set<Listener>>();
  const childListeners = new Map<string, Set<ChildListener>>();
  const barriers = new Set<{ seq: number; resolve: () => void }>();
  const questions = new Map<number, PromiseWithResolvers<unknown>>();
  const syncs = new Map<number, () => void>();
  let counter = 0;

  apply.on('message', (message: FromApply) => {
    if (message.type === 'synced') {
      syncs.get(message.number)?.();
      syncs.delete(message.number);
      return;
    }
    if (message.type === 'applied') {
      for (const logged of message.events) {
        for (const listener of listeners.get(logged.event.id) ?? []) listener(logged);
      }
      for (const [parentId, changes] of message.children) {
        for (const listener of childListeners.get(parentId) ?? []) listener(changes);
      }
    }
    settleBarriers();
  });

  function settleBarriers(): void {
    const { applied } = progress;
    for (const barrier of barriers) {
      if (barrier.seq > applied) continue;
      barriers.delete(barrier);
      barrier.resolve();
    }
    progress.awaited = barriers.size > 0;
  }

  query.on('message', ({ number, value, error }: Reply) => {
    const asked = questions.get(number);
    questions.delete(number);
    if (error === undefined) asked?.resolve(value);
    else asked?.reject(new Error(error));
  });

  const tell = (message: ToApply): void => apply.postMessage(message);

  const projection: Projection = {
    get applied() {
      return progress.applied;
    },

    async barrier() {
      const { state } = await bus.manager.streams.info('EVENTS');
      if (state.last_seq > progress.applied) {
        const reached = new Promise<void>((resolve) =>
          barriers.add({ seq: state.last_seq, resolve }),
        );
        progress.awaited = true;
        settleBarriers();
        await reached;
      }
      // Whoever waits for the log has also heard what it holds.
      if (listeners.size + childListeners.size > 0) await projection.watching();
    },

    async task(id) {
      const row = await projection.ask('task', id);
      if (row) return row;
      await projection.barrier();
      return projection.ask('task', id);
    },

    list: (filter) => projection.ask('list', filter),

    ask(name, ...argument) {
      const number = ++counter;
      const asked = Promise.withResolvers<unknown>();
      questions.set(number, asked);
      query.postMessage({ number, name, argument: argument[0] } satisfies Question);
      return asked.promise as Promise<never>;
    },

    async history({ id, seqs }) {
      const found = seqs.split(',').filter(Boolean).map(Number);
      const messages = await Promise.all(found.map((seq) => directBySeq(bus, 'EVENTS', seq)));
      return messages.flatMap((message) =>
        message ? eventsOf(id, message.seq, message.data) : [],
      );
    },

    watch(ids, listener) {
      for (const id of ids) {
        const known = listeners.get(id);
        if (known) known.add(listener);
        else listeners.set(id, new Set([listener]));
      }
      tell({ type: 'watch', ids });
      return () => {
        const unwatched = ids.filter((id) => {
          const left = listeners.get(id);
          left?.delete(listener);
          return left?.size === 0 && listeners.delete(id);
        });
        if (unwatched.length > 0) tell({ type: 'unwatch', ids: unwatched });
      };
    },

    watchChildren(parentId, listener) {
      const known = childListeners.get(parentId);
      if (known) known.add(listener);
      else childListeners.set(parentId, new Set([listener]));
      tell({ type: 'watch-children', parentId });
      return () => {
        const left = childListeners.get(parentId);
        if (!left?.delete(listener) || left.size > 0) return;
        childListeners.delete(parentId);
        tell({ type: 'unwatch-children', parentId });
      };
    },

    watching() {
      const number = ++counter;
      return new Promise((resolve) => {
        syncs.set(number, resolve);
        tell({ type: 'sync', number });
      });
    },

    async [Symbol.asyncDispose]() {
      tell({ type: 'stop' });
      await once(apply, 'exit');
      await query.terminate();
    },
  };
  return projection;
}

const searchableOf = (table: TaskTable): Searchable =>
  Object.fromEntries(Object.values(table).map(({ kind, searchable = [] }) => [kind, searchable]));

function eventsOf(id: string, seq: number, data: Uint8Array): LoggedEvent[] {
  const events = JSON.parse(Buffer.from(data).toString()) as TaskEvent[];
  return events.filter((event) => event.id === id).map((event) => ({ seq, event }));
}
