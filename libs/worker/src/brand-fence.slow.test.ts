import { type SourceScope, tasks, timeOfId } from '@slipstream/contracts';
import { type Erasure, submit, writeErasure } from '@slipstream/tasklog';
import { type Engine, startEngine, withRest } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createBrandFence, waitUntilQuiet } from './brand-fence.ts';
import type { HandlerOf } from './handler.ts';
import { register } from './registry.ts';
import { runPool } from './run-pool.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

const done = { embedded: 0, embedder: 'none' };

/** A pool behind a fence, in the registry as the embedder. */
function startFenced(embed: HandlerOf<'embed-chunks'>): AsyncDisposable {
  const { bus, parts } = engine;
  const stack = new AsyncDisposableStack();
  const fence = stack.use(createBrandFence(parts));
  const handlers = fence.guard(withRest('embedding', { 'embed-chunks': embed }));
  const pool = stack.use(runPool(parts, { category: 'embedding', tasks, slots: 3, handlers }));
  const entry = { name: parts.worker, service: 'embedder', pools: [pool] };
  stack.use(register(bus, entry, parts.logger));
  return stack;
}

const send = async (brand: string, docId = 'd'): Promise<string> => {
  const definition = tasks['embed-chunks'];
  const { bus, log } = engine;
  return (await submit(bus, log, { definition, payload: { brand, docId }, logged: true })).task.id;
};

const erasure = (scope: SourceScope, atMs: number, state: Erasure['state']): Erasure => ({
  ...{ scope, atMs, state, taskId: 'eraser', urls: [], cancelled: 0, removed: {} },
});

test('tasks older than the erasure of their brand or document end as erased, others run', async () => {
  const gone = await send('Gone');
  const part = await send('Part', 'gone');
  const stays = await send('Part', 'stays');
  const atMs = timeOfId(stays);
  await writeErasure(engine.bus, erasure({ brand: 'Gone' }, atMs, 'done'));
  const document = { brand: 'Part', source: 'upload', url: 'https://u.invalid/', docId: 'gone' };
  await writeErasure(engine.bus, erasure(document, atMs, 'done'));
  await using _pool = startFenced(async () => done);
  for (const id of [gone, part]) {
    const row = await engine.reaches(id);
    expect(row).toMatchObject({ state: 'failed', attempt: 1 });
    expect(JSON.parse(row.error ?? '')).toMatchObject({ code: 'erased' });
  }
  expect((await engine.reaches(stays)).state).toBe('succeeded');
  await vi.waitFor(async () => expect(Date.now()).toBeGreaterThan(atMs));
  expect((await engine.reaches(await send('Gone'))).state).toBe('succeeded');
});

test('a task that is newer than a running erasure waits for its end and loses no attempt', async () => {
  const before = Date.now() - 1_000;
  await writeErasure(engine.bus, erasure({ brand: 'Busy' }, before, 'running'));
  let runs = 0;
  await using _pool = startFenced(async () => {
    runs += 1;
    return done;
  });
  const id = await send('Busy');
  const free = await send('Free');
  await engine.reaches(free);
  expect(runs).toBe(1);
  await writeErasure(engine.bus, erasure({ brand: 'Busy' }, before, 'done'));
  expect(await engine.reaches(id)).toMatchObject({ state: 'succeeded', attempt: 1 });
});

test('whoever erases waits for what runs on the brand, and for nothing else', async () => {
  const open = Promise.withResolvers<void>();
  const running = new Set<string>();
  await using _pool = startFenced(async ({ brand }) => {
    running.add(brand);
    await open.promise;
    return done;
  });
  const ids = [await send('Slow'), await send('Other')];
  await vi.waitFor(() => expect(running.size).toBe(2));
  const { signal } = new AbortController();
  await waitUntilQuiet(engine.bus, 'Nobody', signal);
  let isQuiet = false;
  const quiet = waitUntilQuiet(engine.bus, 'Slow', signal).then(() => {
    isQuiet = true;
  });
  await waitUntilQuiet(engine.bus, 'Nobody', signal);
  expect(isQuiet).toBe(false);
  open.resolve();
  await quiet;
  for (const id of ids) await engine.reaches(id);
});
