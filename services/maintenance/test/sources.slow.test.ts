import { type FoundSource, tasks } from '@slipstream/contracts';
import { submit } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Knowledge, old, startKnowledge, young } from './knowledge.ts';

let knowledge: Knowledge;
beforeAll(async () => {
  knowledge = await startKnowledge();
});
afterAll(() => knowledge[Symbol.asyncDispose]());

test('nothing is known: an empty page, and no source of any id', async () => {
  expect(await knowledge.list({ brand: 'Nobody' })).toEqual({ items: [], nextCursor: null });
  expect(await knowledge.ask('find', { id: 'none' })).toBeNull();
});

test('sites and uploads of a brand are counted, page by page, and other brands are not', async () => {
  await knowledge.given('A', 'https://a.example/1', { fetchedAt: old });
  await knowledge.given('A', 'https://a.example/2', { embedded: false });
  await knowledge.given('A', 'https://b.example/1');
  await knowledge.given('A', 'https://upload.invalid/abc/f.pdf', { source: 'upload', page: 1 });
  await knowledge.given('Other', 'https://a.example/1');
  const { items } = await knowledge.list({ brand: 'A' });
  expect(items).toMatchObject([
    {
      ...{ url: 'https://a.example', kind: 'site', pages: 2, chunks: 2, chunksWithoutVector: 1 },
      ...{ embedder: 'small', freshness: { oldest: old, newest: young } },
    },
    { url: 'https://b.example', kind: 'page', pages: 1, errors: { count: 0, last: [] } },
    { url: 'https://upload.invalid/abc/f.pdf', kind: 'document', pages: 1 },
  ]);
  const first = await knowledge.list({ brand: 'A', limit: 2 });
  const second = await knowledge.list({ brand: 'A', limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...second.items]).toEqual(items);
  expect(second.nextCursor).toBeNull();
  expect((await knowledge.list({})).items.map(({ brand }) => brand)).toContain('Other');
});

test('a crawl that brought nothing yet is a source; what failed in the last one is named', async () => {
  const { bus, log } = knowledge.engine;
  const payload = { url: 'https://fails.example/docs/', brand: 'F', maxPages: 7 };
  const { task } = await submit(bus, log, { definition: tasks['scrape-site'], payload });
  const page = { url: 'https://fails.example/docs/a', brand: 'F' };
  const child = await submit(bus, log, {
    ...{ definition: tasks['scrape-page'], payload: page, parentId: task.id },
  });
  const end = { run: 1, category: 'scraping', at: young, kind: 'scrape-page', attempt: 1 } as const;
  const error = { code: 'gone', message: 'the site answered 404' };
  const failed = { ...end, id: child.task.id, startedAt: young, worker: 'w', error };
  await log.append({ ...failed, type: 'failed' });
  const { items } = await knowledge.list({ brand: 'F' });
  expect(items).toMatchObject([
    {
      ...{ kind: 'site', url: 'https://fails.example', pages: 0, chunks: 0 },
      lastCrawl: { taskId: task.id, kind: 'scrape-site', state: 'queued' },
      errors: { count: 1, last: [{ taskId: child.task.id, url: page.url, ...error }] },
    },
  ]);
  const found = await knowledge.ask<FoundSource>('find', { id: items[0]?.id });
  expect(found.refresh).toEqual({ kind: 'scrape-site', payload });
});

test('the memory of the pages of one source is forgotten, and of no other', async () => {
  const { items } = await knowledge.list({ brand: 'A' });
  expect(await knowledge.ask('forget', { id: items[0]?.id })).toEqual({ forgotten: 2 });
  expect(await knowledge.ask('forget', { id: items[0]?.id })).toEqual({ forgotten: 0 });
  expect(await knowledge.ask('forget', { id: items[1]?.id })).toEqual({ forgotten: 1 });
});
