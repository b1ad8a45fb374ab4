/** A thread of its own that follows EVENTS and writes the tables. Its main thread is `projection.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import type { TaskEvent } from '@slipstream/contracts';
import { connect, followStream } from '@slipstream/jetstream';
import { type ChildChange, changesOf } from './child-changes.ts';
import type { Searchable } from './findable.ts';
import { Progress } from './progress.ts';
import { createPruner } from './pruner.ts';
import { createRowStore, type LoggedEvent } from './row-store.ts';
import { openForWriting } from './schema.ts';

export interface ApplyInput {
  readonly url: string;
  readonly name: string;
  readonly file: string;
  readonly searchable: Searchable;
  /** Memory of a `Progress`. */
  readonly progress: SharedArrayBuffer;
}

export type ToApply =
  | { readonly type: 'watch' | 'unwatch'; readonly ids: readonly string[] }
  | { readonly type: 'watch-children' | 'unwatch-children'; readonly parentId: string }
  | { readonly type: 'sync'; readonly number: number }
  | { readonly type: 'stop' };

export type FromApply =
  | { readonly type: 'ready' }
  | { readonly type: 'synced'; readonly number: number }
  | {
      readonly type: 'applied';
      readonly events: readonly LoggedEvent[];
      readonly children: ReadonlyMap<string, readonly ChildChange[]>;
    };

/** Most events in one transaction, and most bytes of them; what waits longer is only applied later. */
const MAX_BATCH = 5_000;
const MAX_BATCH_BYTES = 2 << 20;
/** A transaction costs as much as many events: the next one is this much later, unless it is awaited. */
const REST_MS = 3;

/** Retention is looked after this often, and without a rest while there is something to remove. */
const PRUNE_EVERY_MS = 30_000;
const PRUNE_PAUSE_MS = 50;

const port = parentPort;
if (!port) throw new Error('apply-thread.ts runs as a worker thread');
const { url, name, file, searchable, progress: shared } = workerData as ApplyInput;

const db = openForWriting(file);
const store = createRowStore(db, searchable);
const pruner = createPruner(db);
const bus = await connect({ url, name: `${name}-projection` });
const progress = new Progress(shared);
const watched = new Set<string>();
const parents = new Set<string>();
const noChildren: ReadonlyMap<string, readonly ChildChange[]> = new Map();

const stream = await bus.manager.streams.info('EVENTS');
if (store.position().stream !== stream.created) store.restart(stream.created);

const stopping = new AbortController();
const { signal } = stopping;

let batch: LoggedEvent[] = [];
let batchBytes = 0;
let lastSeq = store.position().seq;
let soon = false;
let later: NodeJS.Timeout | undefined;
let appliedAt = 0;
progress.applied = lastSeq;

port.on('message', (message: ToApply) => {
  if (message.type === 'watch') for (const id of message.ids) watched.add(id);
  if (message.type === 'unwatch') for (const id of message.ids) watched.delete(id);
  if (message.type === 'watch-children') parents.add(message.parentId);
  if (message.type === 'unwatch-children') parents.delete(message.parentId);
  if (message.type === 'sync') tell({ type: 'synced', number: message.number });
  if (message.type === 'stop') void stop();
});
tell({ type: 'ready' });
let pruning = setTimeout(prune, PRUNE_EVERY_MS);

for await (const message of followStream(bus, 'EVENTS', {
  fromSeq: lastSeq + 1,
  signal,
  batch: 256,
})) {
  let urgent = progress.awaited;
  for (const event of JSON.parse(message.string()) as TaskEvent[]) {
    batch.push({ seq: message.seq, event });
    urgent ||= watched.has(event.id);
  }
  lastSeq = message.seq;
  batchBytes += message.data.length;
  if (batch.length >= MAX_BATCH || batchBytes >= MAX_BATCH_BYTES) apply();
  else schedule(urgent);
}

function schedule(urgent: boolean): void {
  if (soon) return;
  soon = urgent || performance.now() - appliedAt > REST_MS;
  if (soon) setImmediate(apply);
  else later ??= setTimeout(apply, REST_MS);
}

function apply(): void {
  soon = false;
  clearTimeout(later);
  later = undefined;
  if (batch.length === 0 || !db.isOpen) return;
  const events = batch;
  batch = [];
  batchBytes = 0;
  const rows = store.apply(events, lastSeq);
  progress.applied = lastSeq;
  appliedAt = performance.now();
  const seen = watched.size === 0 ? [] : events.filter(({ event }) => watched.has(event.id));
  const children = parents.size === 0 ? noChildren : changesOf(rows, parents);
  if (seen.length === 0 && children.size === 0 && !progress.awaited) return;
  tell({ type: 'applied', events: seen, children });
}

function prune(): void {
  const removed = pruner.step(Date.now());
  store.forget(removed);
  pruning = setTimeout(prune, removed.length > 0 ? PRUNE_PAUSE_MS : PRUNE_EVERY_MS);
}

function tell(message: FromApply): void {
  port?.postMessage(message);
}

async function stop(): Promise<void> {
  stopping.abort();
  clearTimeout(pruning);
  apply();
  await bus[Symbol.asyncDispose]();
  db.close();
  // The thread: a request that was on its way would keep it for its timeout of 5 s.
  process.exit();
}
