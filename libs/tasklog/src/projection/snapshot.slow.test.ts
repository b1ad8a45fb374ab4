import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type TaskEvent, tasks } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createEventLog } from '../event-log.ts';
import { openProjection, projectionFile } from './projection.ts';
import { projectionHash } from './projection-hash.ts';
import { createPruner } from './pruner.ts';
import { openForWriting } from './schema.ts';
import { partOf, readSnapshot } from './snapshot.ts';
import { type StoredSnapshot, storeSnapshot } from './store-snapshot.ts';
import { trimLog } from './trim-log.ts';

const DAY_MS = 86_400_000;

let stack: AsyncDisposableStack;
let bus: Bus;
let dir: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const nats = stack.use(await startNatsServer());
  bus = stack.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
  dir = await mkdtemp(join(tmpdir(), 'snapshot-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const at = (agoMs = 0) => new Date(Date.now() - agoMs).toISOString();
const run = { run: 1, category: 'scraping', kind: 'scrape-page', attempt: 1, worker: 'w' } as const;

function submitted(id: string, page: number, agoMs = 0): TaskEvent {
  const payload = { url: `https://docs.example.com/page-${page}.html`, brand: `brand${page % 5}` };
  const task = { id, run: 1, gen: 1, kind: run.kind, priority: 'normal', payload } as const;
  const rest = { createdAt: at(agoMs), maxAttempts: 4, tags: [`tag${page % 7}`] };
  const common = { id, run: 1, category: run.category, at: at(agoMs) } as const;
  return { ...common, type: 'submitted', task: { ...task, ...rest } };
}

function ended(id: string, page: number, agoMs = 0): TaskEvent {
  const common = { ...run, id, at: at(agoMs), startedAt: at(agoMs) };
  const error = { code: `http-${page % 3}`, message: `page ${page} answered 500` };
  return page % 4 === 0
    ? { ...common, type: 'failed', error }
    : { ...common, type: 'succeeded', result: { page } };
}

/** Appends every event and waits until the log has them. */
async function append(events: readonly TaskEvent[]): Promise<void> {
  const log = createEventLog(bus);
  await Promise.all(events.map((event) => log.append(event)));
}

const place = (name: string) => ({ dir, name, tasks });
const open = async (name: string) => {
  const projection = await openProjection(bus, place(name));
  return { projection, startedAt: projection.applied };
};

/** Reads the log to its end, closes the projection, and resolves with what its file holds. */
async function finished(name: string): Promise<{ hash: string; startedAt: number }> {
  const { projection, startedAt } = await open(name);
  await projection.barrier();
  await projection[Symbol.asyncDispose]();
  return { hash: projectionHash(projectionFile(place(name))), startedAt };
}

async function snapshotOf(name: string): Promise<StoredSnapshot> {
  const stored = await storeSnapshot(bus, projectionFile(place(name)));
  if (!stored) throw new Error('a snapshot is stored');
  return stored;
}

test('a projection from a snapshot and the rest of the log equals one from the whole log', async () => {
  const ids = Array.from({ length: 400 }, () => newId());
  const early = ids.flatMap((id, page) => [
    submitted(id, page),
    ...(page < 200 ? [ended(id, page)] : []),
  ]);
  await append(early);
  const half = await finished('whole');
  const { snapshot } = await snapshotOf('whole');
  expect(snapshot.seq).toBeGreaterThan(0);
  await append([
    ...ids.slice(200).map((id, index) => ended(id, index + 200)),
    ...Array.from({ length: 50 }, (_, index) => submitted(newId(), 1_000 + index)),
  ]);
  const whole = await finished('whole');
  const restored = await finished('restored');
  expect([half.startedAt, restored.startedAt]).toEqual([0, snapshot.seq]);
  expect(restored.hash).toBe(whole.hash);
  expect(whole.hash).not.toBe(half.hash);
  await using projection = (await open('restored')).projection;
  expect(await projection.list({ q: 'page-1007', limit: 5 })).toHaveLength(1);
  expect(await projection.list({ q: 'page-377', state: 'succeeded', limit: 5 })).toHaveLength(1);
});

test('the log is trimmed to the oldest task that is kept, and a file that it has left behind starts anew', async () => {
  const old = Array.from({ length: 200 }, (_, page) => [newId(), page] as const);
  await append(old.flatMap(([id, page]) => [submitted(id, page, 9 * DAY_MS)]));
  // Left behind here: all of them are open in it.
  await finished('asleep');
  await append(
    old.filter(([, page]) => page % 4 !== 0).map(([id, page]) => ended(id, page, 9 * DAY_MS)),
  );
  const open = newId();
  await append([submitted(open, 1_001)]);
  await append(Array.from({ length: 200 }, (_, page) => submitted(newId(), 2_000 + page)));
  await append(old.filter(([, page]) => page % 4 === 0).map(([id]) => ended(id, 1, 9 * DAY_MS)));
  await finished('leader');
  await snapshotOf('leader');
  const db = openForWriting(projectionFile(place('leader')));
  expect(createPruner(db).step(Date.now())).toHaveLength(200);
  db.close();
  const stored = await snapshotOf('leader');
  const firstSeq = await trimLog(bus, stored);
  expect(firstSeq).toBe(stored.oldestSeq);
  const { state } = await bus.manager.streams.info('EVENTS');
  expect([state.first_seq, firstSeq > 1]).toEqual([firstSeq, true]);
  expect(firstSeq).toBeLessThan(state.last_seq);

  const awake = await finished('asleep');
  const { hash } = await finished('leader');
  expect([awake.startedAt, awake.hash]).toEqual([stored.snapshot.seq, hash]);
  await using projection = await openProjection(bus, place('asleep'));
  const row = await projection.task(open);
  expect(row && (await projection.history(row))).toHaveLength(1);
});

test('a snapshot with a missing part is left alone: the log is read from its beginning', async () => {
  await append(Array.from({ length: 20 }, (_, page) => submitted(newId(), page)));
  const whole = await finished('whole');
  const { snapshot } = await snapshotOf('whole');
  await bus.manager.streams.purge('BLOBS', { filter: partOf(snapshot.name, 0) });
  expect(await finished('other')).toEqual({ hash: whole.hash, startedAt: 0 });
});

test('two snapshots are kept, the parts of older ones are removed', async () => {
  await append([submitted(newId(), 1)]);
  await finished('whole');
  const names: string[] = [];
  for (let count = 0; count < 3; count++) names.push((await snapshotOf('whole')).snapshot.name);
  const { subjects } = (await bus.manager.streams.info('BLOBS', { subjects_filter: '>' })).state;
  const kept = Object.keys(subjects ?? {}).map((subject) => subject.split('.')[2]);
  expect(kept.toSorted()).toEqual(names.slice(1).toSorted());
  expect((await readSnapshot(bus)).snapshot?.name).toBe(names[2]);
});
