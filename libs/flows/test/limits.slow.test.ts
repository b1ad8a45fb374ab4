import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { finalStates } from '@slipstream/contracts';
import { submit } from '@slipstream/tasklog';
import { type Engine, startEngine, testTasks as tasks } from '@slipstream/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

interface Told {
  readonly worker: string;
  readonly type: 'start' | 'end' | 'leads';
  readonly key: string;
  readonly id: string;
  readonly at: number;
}

let engine: Engine;
let told: Told[];
let children: Map<string, ChildProcess>;

beforeEach(async () => {
  engine = await startEngine(tasks);
  told = [];
  children = new Map();
  engine.bus.connection.subscribe('test.told', {
    callback: (_error, message) => void told.push(message.json()),
  });
});
afterEach(async () => {
  for (const name of children.keys()) await kill(name);
  await engine[Symbol.asyncDispose]();
});

function start(role: 'worker' | 'steward', name: string): void {
  const file = join(import.meta.dirname, 'limits-process.ts');
  const args = ['--disable-warning=ExperimentalWarning', file, role, engine.nats.url, name];
  children.set(name, spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] }));
}

/** kill -9. */
async function kill(name: string): Promise<void> {
  const child = children.get(name);
  children.delete(name);
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function startAll(): void {
  for (const name of ['s1', 's2']) start('steward', name);
  for (const name of ['w1', 'w2', 'w3']) start('worker', name);
}

const workers = ['w1', 'w2', 'w3'];
const starts = (): Told[] => told.filter(({ type }) => type === 'start');

/** Every run as an interval; one whose worker was killed ends then. */
function intervals(killedAt: ReadonlyMap<string, number>) {
  return starts().map((begin) => {
    const end = told.find(
      ({ type, id, worker }) => type === 'end' && id === begin.id && worker === begin.worker,
    );
    const until = end?.at ?? killedAt.get(begin.worker) ?? Number.POSITIVE_INFINITY;
    return { key: begin.key, from: begin.at, until };
  });
}

/** The most runs of one key at one time. */
function mostAtOnce(killedAt: ReadonlyMap<string, number> = new Map()): number {
  const all = intervals(killedAt);
  const counts = all.map(
    ({ key, from }) =>
      all.filter((other) => other.key === key && other.from <= from && other.until > from).length,
  );
  return Math.max(...counts);
}

async function allEnded(ids: readonly string[], timeoutMs: number): Promise<void> {
  await vi.waitFor(
    async () => {
      const rows = await Promise.all(ids.map((id) => engine.projection.ask('task', id)));
      const open = rows.filter((row) => !row || !finalStates.has(row.state));
      expect(open.map((row) => `${row?.id} ${row?.state}`)).toEqual([]);
      expect(new Set(rows.map((row) => row?.state))).toEqual(new Set(['succeeded']));
    },
    { timeout: timeoutMs, interval: 100 },
  );
  const { state } = await engine.bus.manager.streams.info('LANES');
  expect(state.messages).toBe(0);
}

async function sendKeyed(count: number, keys: number, ms: number): Promise<string[]> {
  const sent = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      submit(engine.bus, engine.log, {
        definition: tasks.keyed,
        payload: { key: `k${index % keys}`, ms },
      }),
    ),
  );
  return sent.map(({ task }) => task.id);
}

test('over three workers never two tasks of a key run at once, and all end', async () => {
  startAll();
  const ids = await sendKeyed(300, 7, 10);
  await allEnded(ids, 40_000);
  expect(mostAtOnce()).toBe(1);
  expect(starts()).toHaveLength(300);
  expect(new Set(starts().map(({ worker }) => worker))).toEqual(new Set(workers));
});

test('a worker and the steward that are killed leave no key locked and none doubled', async () => {
  startAll();
  const ids = await sendKeyed(200, 5, 40);
  await vi.waitFor(() => expect(starts().length).toBeGreaterThan(20), 20_000);
  const killedAt = new Map<string, number>();
  await kill('w2');
  killedAt.set('w2', Date.now());
  await vi.waitFor(() => expect(starts().length).toBeGreaterThan(60), 20_000);
  const leader = told.findLast(({ type }) => type === 'leads')?.worker ?? '';
  await kill(leader);
  await allEnded(ids, 60_000);
  expect(told.findLast(({ type }) => type === 'leads')?.worker).not.toBe(leader);
  expect(mostAtOnce(killedAt)).toBe(1);
});

test('no window has more starts than the rate allows, over three workers', async () => {
  startAll();
  const sent = await Promise.all(
    Array.from({ length: 60 }, () =>
      submit(engine.bus, engine.log, { definition: tasks.paced, payload: { ms: 1 } }),
    ),
  );
  await allEnded(
    sent.map(({ task }) => task.id),
    30_000,
  );
  const times = starts()
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  expect(times).toHaveLength(60);
  // Grants are exactly even; between a grant and its start lies one answer over NATS.
  const ANSWER_MS = 200;
  for (const from of times) {
    const inWindow = times.filter((at) => at >= from && at < from + 1_000 - ANSWER_MS);
    expect(inWindow.length).toBeLessThanOrEqual(20);
  }
});

test('one noisy tenant leaves the others their share over three workers', async () => {
  for (const name of ['s1', 's2']) start('steward', name);
  const send = (tenant: string, index: number) =>
    submit(engine.bus, engine.log, {
      definition: tasks.keyed,
      payload: { key: `${tenant}-${index}`, ms: 10 },
      tenant,
    });
  const noisy = await Promise.all(Array.from({ length: 300 }, (_, i) => send('noisy', i)));
  const quiet = await Promise.all(Array.from({ length: 60 }, (_, i) => send('quiet', i)));
  for (const name of workers) start('worker', name);
  await allEnded(
    [...noisy, ...quiet].map(({ task }) => task.id),
    40_000,
  );
  const order = starts().map(({ key }) => key.split('-')[0]);
  const first = order.slice(0, 120);
  const share = first.filter((tenant) => tenant === 'quiet').length;
  // Half of them, but for what was released before the steward knew both.
  expect(share).toBeGreaterThanOrEqual(48);
});
