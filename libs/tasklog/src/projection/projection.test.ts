import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, type TaskEvent, tasks } from '@slipstream/contracts';
import { connect, provision } from '@slipstream/jetstream';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventLog } from '../event-log.ts';
import { submit } from '../submit.ts';
import type { ChildChange } from './child-changes.ts';
import { openProjection } from './projection.ts';

let nats: Awaited<ReturnType<typeof startNatsServer>>;
let dir: string;
beforeAll(async () => {
  nats = await startNatsServer();
  dir = await mkdtemp(join(tmpdir(), 'projection-'));
});
afterAll(async () => {
  await nats[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function open() {
  const stack = new AsyncDisposableStack();
  const bus = stack.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
  const projection = stack.use(await openProjection(bus, { dir, name: 'test' }));
  const log = createEventLog(bus);
  const send = (q: string) =>
    submit(bus, log, {
      definition: tasks['search-knowledge'],
      payload: { q },
      tags: [q],
      logged: true,
    });
  const end = (id: string): TaskEvent => ({
    type: 'succeeded',
    id,
    run: 1,
    category: 'rag',
    at: new Date().toISOString(),
    kind: 'search-knowledge',
    attempt: 1,
    startedAt: new Date().toISOString(),
    worker: 'test',
  });
  return { bus, projection, log, send, end, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('a task can be read as soon as it was accepted', async () => {
  await using engine = await open();
  for (let count = 0; count < 20; count++) {
    const { task } = await engine.send('soon');
    expect(await engine.projection.task(task.id)).toMatchObject({ id: task.id, state: 'queued' });
  }
});

test('an unknown task is undefined after the whole log was read', async () => {
  await using engine = await open();
  expect(await engine.projection.task(newId())).toBeUndefined();
});

test('tasks are listed newest first, page by page, by every filter', async () => {
  await using engine = await open();
  const sent: string[] = [];
  for (let count = 0; count < 5; count++) sent.push((await engine.send('page')).task.id);
  await engine.projection.barrier();
  const first = await engine.projection.list({ tag: 'page', limit: 3 });
  expect(first.map(({ id }) => id)).toEqual(sent.slice(2).reverse());
  const before = first.at(-1)?.id ?? '';
  const second = await engine.projection.list({ tag: 'page', limit: 3, before });
  expect(second.map(({ id }) => id)).toEqual(sent.slice(0, 2).reverse());
  const none = { kind: 'scrape-page', category: 'rag', state: 'queued', limit: 5 } as const;
  expect(await engine.projection.list(none)).toEqual([]);
  expect(await engine.projection.list({ q: "%' OR 1=1 --", limit: 5 })).toEqual([]);
});

test('watchers are told of each event once, and no longer after they left', async () => {
  await using engine = await open();
  const { task } = await engine.send('watched');
  await engine.projection.barrier();
  const seen: string[] = [];
  const unwatch = engine.projection.watch([task.id], ({ event }) => seen.push(event.type));
  await engine.log.append(engine.end(task.id));
  await engine.projection.barrier();
  unwatch();
  await engine.log.append(engine.end(task.id));
  await engine.projection.barrier();
  expect(seen).toEqual(['succeeded']);
});

test('whoever watches a parent is told of each child that ends, or begins again, and of no other', async () => {
  await using engine = await open();
  const { bus, log, projection } = engine;
  const parentId = newId();
  const sent = async (of?: string) => {
    const definition = tasks['search-knowledge'];
    const { task } = await submit(bus, log, {
      definition,
      payload: { q: 'child' },
      logged: true,
      ...(of !== undefined && { parentId: of }),
    });
    return task;
  };
  const [child, stranger] = [await sent(parentId), await sent()];
  const seen: ChildChange[] = [];
  const unwatch = projection.watchChildren(parentId, (changes) => seen.push(...changes));
  await projection.watching();
  const end = engine.end(child.id);
  await log.append(engine.end(stranger.id));
  await log.append(end);
  await projection.barrier();
  expect(seen).toEqual([{ id: child.id, run: 1, state: 'succeeded', flowSeq: 0 }]);
  const { at, category, id } = end;
  await log.append({ type: 'replayed', id, run: 2, category, at, task: child });
  await projection.barrier();
  expect(seen.at(-1)).toEqual({ id, run: 2, state: 'queued', flowSeq: 0 });
  unwatch();
  await log.append({ ...end, run: 2 } as TaskEvent);
  await projection.barrier();
  expect(seen).toHaveLength(2);
});

test('a child whose end the log tells before its beginning is told of', async () => {
  await using engine = await open();
  const { bus, log, projection } = engine;
  const [parentId, id] = [newId(), newId()];
  const seen: ChildChange[] = [];
  projection.watchChildren(parentId, (changes) => seen.push(...changes));
  await log.append(engine.end(id));
  const definition = tasks['search-knowledge'];
  await submit(bus, log, { definition, id, payload: { q: 'late' }, logged: true, parentId });
  await projection.barrier();
  expect(seen).toEqual([{ id, run: 1, state: 'succeeded', flowSeq: 0 }]);
});

test('the history of a task is read from the log, oldest first', async () => {
  await using engine = await open();
  const { task } = await engine.send('history');
  await engine.log.append(engine.end(task.id));
  await engine.projection.barrier();
  const row = await engine.projection.task(task.id);
  const history = row ? await engine.projection.history(row) : [];
  expect(history.map(({ event }) => event.type)).toEqual(['submitted', 'succeeded']);
});

test('after a restart it goes on where it was, and what happened meanwhile is there', async () => {
  const { task } = await (async () => {
    await using before = await open();
    return before.send('restart');
  })();
  await using meanwhile = await open();
  await meanwhile.log.append(meanwhile.end(task.id));
  expect((await meanwhile.projection.task(task.id))?.id).toBe(task.id);
  await meanwhile.projection.barrier();
  expect((await meanwhile.projection.task(task.id))?.state).toBe('succeeded');
});

test('when the log is another one the tables are made anew', async () => {
  await using engine = await open();
  const { task } = await engine.send('old log');
  await engine.bus.manager.streams.delete('EVENTS');
  await using again = await open();
  expect(await again.projection.task(task.id)).toBeUndefined();
});
