import type { DatabaseSync } from 'node:sqlite';
import { derivedId, newId, type TaskEvent, type TaskMessage } from '@slipstream/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ListFilter, listTasks } from './list.ts';
import { createPruner } from './pruner.ts';
import { createRowStore } from './row-store.ts';
import { openForWriting } from './schema.ts';

const searchable = { page: ['url', 'brand'] };
const HOUR_MS = 3_600_000;
const at = '2026-01-01T00:00:00.000Z';

let db: DatabaseSync;
let store: ReturnType<typeof createRowStore>;
let seq = 0;
beforeEach(() => {
  db = openForWriting(':memory:');
  store = createRowStore(db, searchable);
});
afterEach(() => db.close());

const apply = (...events: TaskEvent[]) => {
  for (const event of events) store.apply([{ seq: ++seq, event }], seq);
};
const find = (filter: Omit<ListFilter, 'limit'>) =>
  listTasks(db, { ...filter, limit: 10 }).map(({ id }) => id);

function submit(task: Partial<TaskMessage> = {}): TaskEvent & { type: 'submitted' } {
  const id = task.id ?? newId();
  const payload = {
    url: 'https://docs.example.com/guides/Träger.html',
    brand: 'Acme',
    secret: 'x1',
  };
  const common = { id, run: 1, category: 'scraping', at } as const;
  const message = { id, run: 1, gen: 1, kind: 'page', priority: 'normal', createdAt: at } as const;
  return { ...common, type: 'submitted', task: { ...message, payload, ...task } };
}
const ran = {
  category: 'scraping',
  at,
  kind: 'page',
  attempt: 1,
  startedAt: at,
  worker: 'w',
} as const;
const fail = (id: string, message: string, run = 1): TaskEvent => ({
  ...ran,
  id,
  run,
  type: 'failed',
  error: { code: 'gone', message },
});
const succeed = (id: string): TaskEvent => ({ ...ran, id, run: 1, type: 'succeeded' });

describe('a search', () => {
  test('finds beginnings of words of declared fields, and of no others', () => {
    const task = submit();
    apply(task);
    for (const q of ['guid', 'ACME doc', 'trager', 'Träger', 'https://docs.example.com/guides'])
      expect([q, find({ q })]).toEqual([q, [task.id]]);
    for (const q of ['x1', 'uides', 'acme nothing', '"', '*', 'OR'])
      expect(find({ q })).toEqual([]);
  });

  test('finds words of errors, until the task is retried', () => {
    const task = submit();
    apply(task, fail(task.id, 'the certificate has expired'));
    expect(find({ q: 'certif expir', state: 'failed', kind: 'page' })).toEqual([task.id]);
    expect(find({ q: 'certif', state: 'succeeded' })).toEqual([]);
    apply({ ...task, type: 'replayed', run: 2, task: { ...task.task, run: 2 } });
    expect(find({ q: 'certif' })).toEqual([]);
    expect(find({ q: 'acme', state: 'queued' })).toEqual([task.id]);
  });

  test('finds by id and by part of a kind, within the other filters', () => {
    const [one, other] = [submit({ tags: ['a'] }), submit({ tags: ['b'] })];
    apply(one, other);
    expect(find({ q: one.id })).toEqual([one.id]);
    expect(find({ q: one.id, tag: 'b' })).toEqual([]);
    expect(find({ q: 'pag' })).toEqual([other.id, one.id]);
    expect(find({ q: 'pag', tag: 'a' })).toEqual([one.id]);
  });
});

test('filters combine, and follow a task from state to state', () => {
  const parentId = newId();
  const child = submit({ parentId, tags: ['a', 'a'], priority: 'bulk' });
  const stranger = submit({ tags: ['a'] });
  apply(child, stranger);
  expect(find({ tag: 'a' })).toEqual([stranger.id, child.id]);
  expect(find({ tag: 'a', parentId, state: 'queued' })).toEqual([child.id]);
  apply(fail(child.id, 'no'));
  expect(find({ tag: 'a', state: 'queued' })).toEqual([stranger.id]);
  expect(find({ parentId, state: 'failed', category: 'scraping' })).toEqual([child.id]);
  expect(find({ deadLetters: true })).toEqual([child.id]);
  apply({ type: 'discarded', id: child.id, run: 1, category: 'scraping', at });
  expect(find({ deadLetters: true, q: 'acme' })).toEqual([]);
  expect(find({ state: 'failed', q: 'acme' })).toEqual([child.id]);
});

test('what is written at once, event by event, or after a restart is the same', () => {
  const task = submit({ tags: ['a'] });
  const events = [succeed(task.id), task, { ...submit(), category: 'scraping' } as TaskEvent];
  apply(...events);
  const other = openForWriting(':memory:');
  createRowStore(other, searchable).apply(
    events.map((event, index) => ({ seq: seq - 2 + index, event })),
    seq,
  );
  const dump = (of: DatabaseSync) =>
    ['tasks', 'terms', 'kinds'].map((table) => of.prepare(`SELECT * FROM ${table}`).all());
  expect(dump(other)).toEqual(dump(db));
  other.close();
  store = createRowStore(db, searchable);
  apply({ ...task, type: 'progress', progress: { done: 1 } } as TaskEvent, succeed(task.id));
  expect(find({ q: 'acme', tag: 'a', state: 'succeeded' })).toEqual([task.id]);
});

test('a task ends the same whether its row was in memory or not', () => {
  const late = { ...ran, at: '2026-01-01T00:00:09.000Z', run: 1 } as const;
  const eventsOf = (plain: boolean): TaskEvent[] => {
    const task = submit({ kind: 'work', ...(!plain && { tags: ['a'] }) });
    const id = task.id;
    const done = { ...late, id, kind: 'work', type: 'succeeded' } as const;
    return [
      task,
      { ...done, result: { a: 1 } },
      { ...done, attempt: 2, worker: 'other', resultRef: 'blob:a/b/1' },
      { ...late, id, type: 'started' },
      { ...late, id, type: 'progress', progress: { done: 1 } },
      { ...fail(id, 'no'), kind: 'work' } as TaskEvent,
      { type: 'cancelled', id, run: 1, category: 'scraping', at: late.at },
    ];
  };
  const tables = ['tasks', 'terms', 'kinds', 'minutes', 'ended'];
  const dump = (of: DatabaseSync) =>
    tables.map((name) => of.prepare(`SELECT * FROM ${name}`).all());
  const places = fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1 });
  fc.assert(
    fc.property(places, fc.boolean(), fc.boolean(), (order, plain, submittedFirst) => {
      const events = eventsOf(plain);
      const taken = [...(submittedFirst ? [0] : []), ...order].flatMap((at) => events[at] ?? []);
      using one = openForWriting(':memory:');
      using other = openForWriting(':memory:');
      const kept = createRowStore(one);
      taken.forEach((event, index) => {
        kept.apply([{ seq: index + 1, event }], index + 1);
        createRowStore(other).apply([{ seq: index + 1, event }], index + 1);
      });
      expect(dump(other)).toEqual(dump(one));
    }),
    { numRuns: 60 },
  );
});

test('tasks past their retention go, step by step, and open ones stay', () => {
  const old = derivedId(Date.parse(at), 'open');
  apply(submit({ id: old }));
  for (let count = 0; count < 5; count++) {
    const task = submit({ tags: ['a'] });
    apply(task, count === 0 ? fail(task.id, 'no') : succeed(task.id));
  }
  const pruner = createPruner(db, {
    scraping: { succeededMs: HOUR_MS, failedMs: 3 * HOUR_MS },
  });
  const end = Date.parse(at);
  expect(pruner.step(end + HOUR_MS - 1)).toEqual([]);
  expect(pruner.step(end + HOUR_MS, 3)).toHaveLength(3);
  store.forget(pruner.step(end + HOUR_MS, 3));
  expect(find({ tag: 'a' })).toHaveLength(1);
  expect(pruner.step(end + 3 * HOUR_MS)).toHaveLength(1);
  expect(pruner.step(end + 99 * HOUR_MS)).toEqual([]);
  expect(find({})).toEqual([old]);
  expect(find({ q: 'acme' })).toEqual([old]);
});
