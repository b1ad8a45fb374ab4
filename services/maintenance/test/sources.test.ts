import { join } from 'node:path';
import {
  brandToken,
  type Chunk,
  type FoundSource,
  type ResultOf,
  type SourcePage,
  subjects,
  type Tasks,
  tasks,
} from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { readSchedules, saveSchedule, submit } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  engine = stack.use(await startEngine());
  stack.use(
    await startService(
      readConfig({
        SLIPSTREAM_NATS_URL: engine.nats.url,
        SLIPSTREAM_DATA_DIR: engine.dir,
        SLIPSTREAM_OPS_PORT: '0',
        SLIPSTREAM_LOG_LEVEL: 'silent',
      }),
    ),
  );
  // The endpoints come last.
  await vi.waitFor(() => list({}), 20_000);
});
afterAll(() => stack.disposeAsync());

const old = '2026-01-01T00:00:00.000Z';
const young = '2026-11-01T00:00:00.000Z';
const embedder = { id: 'small', dimensions: 2 };

/** A document of one chunk, in the store and in the memory of pages. */
async function given(
  brand: string,
  url: string,
  { fetchedAt = young, embedded = true, ...more }: Partial<Chunk> & { embedded?: boolean } = {},
): Promise<void> {
  const docId = Buffer.from(url).toString('hex').slice(-24);
  const source = new URL(url).origin;
  const place = { headingPath: [], ordinal: 0, title: 'T', text: `Text of ${url}` };
  const chunk = { id: docId, brand, source, docId, url, ...place, fetchedAt: old, ...more };
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  await store.writeDocuments([{ brand, docId, chunks: [chunk] }]);
  const vector = new Float32Array([1, 0]);
  if (embedded) await store.addVectors(embedder, [{ brand, id: docId, vector }]);
  const key = `$KV.pages.${brandToken(brand)}.${docId}`;
  await engine.bus.publisher.publish(key, JSON.stringify({ url, textHash: '', fetchedAt }));
}

const ask = async <T>(verb: 'list' | 'find' | 'forget', question: object): Promise<T> =>
  (await engine.bus.connection.request(subjects.sources(verb), JSON.stringify(question))).json<T>();

const list = (question: object) => ask<SourcePage>('list', question);

const eraseResult = async (payload: Parameters<typeof engine.completed<'erase-source'>>[1]) =>
  (await engine.completed('erase-source', payload)).result as ResultOf<Tasks['erase-source']>;

test('nothing is known: an empty page, and no source of any id', async () => {
  expect(await list({ brand: 'Nobody' })).toEqual({ items: [], nextCursor: null });
  expect(await ask('find', { id: 'none' })).toBeNull();
});

test('sites and uploads of a brand are counted, page by page, and other brands are not', async () => {
  await given('A', 'https://a.example/1', { fetchedAt: old });
  await given('A', 'https://a.example/2', { embedded: false });
  await given('A', 'https://b.example/1');
  await given('A', 'https://upload.invalid/abc/f.pdf', { source: 'upload', page: 1 });
  await given('Other', 'https://a.example/1');
  const { items } = await list({ brand: 'A' });
  expect(items).toMatchObject([
    {
      ...{ url: 'https://a.example', kind: 'site', pages: 2, chunks: 2, chunksWithoutVector: 1 },
      ...{ embedder: 'small', freshness: { oldest: old, newest: young } },
    },
    { url: 'https://b.example', kind: 'page', pages: 1, errors: { count: 0, last: [] } },
    { url: 'https://upload.invalid/abc/f.pdf', kind: 'document', pages: 1 },
  ]);
  const first = await list({ brand: 'A', limit: 2 });
  const second = await list({ brand: 'A', limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...second.items]).toEqual(items);
  expect(second.nextCursor).toBeNull();
  expect((await list({})).items.map(({ brand }) => brand)).toContain('Other');
});

test('a crawl that brought nothing yet is a source; what failed in the last one is named', async () => {
  const { bus, log } = engine;
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
  const { items } = await list({ brand: 'F' });
  expect(items).toMatchObject([
    {
      ...{ kind: 'site', url: 'https://fails.example', pages: 0, chunks: 0 },
      lastCrawl: { taskId: task.id, kind: 'scrape-site', state: 'queued' },
      errors: { count: 1, last: [{ taskId: child.task.id, url: page.url, ...error }] },
    },
  ]);
  const found = await ask<FoundSource>('find', { id: items[0]?.id });
  expect(found.refresh).toEqual({ kind: 'scrape-site', payload });
});

test('the memory of the pages of one source is forgotten, and of no other', async () => {
  const { items } = await list({ brand: 'A' });
  expect(await ask('forget', { id: items[0]?.id })).toEqual({ forgotten: 2 });
  expect(await ask('forget', { id: items[0]?.id })).toEqual({ forgotten: 0 });
  expect(await ask('forget', { id: items[1]?.id })).toEqual({ forgotten: 1 });
});

test('one upload is erased with its file and its results, and the rest of the brand stays', async () => {
  const { bus, log } = engine;
  const url = 'https://upload.invalid/xyz/g.pdf';
  await given('U', url, { source: 'upload' });
  await given('U', 'https://upload.invalid/other/h.pdf', { source: 'upload' });
  const space = brandToken('U');
  const file = await putBlob(bus, space, Buffer.from('the bytes of the file'));
  await putBlob(bus, space, Buffer.from(JSON.stringify({ citations: [{ url }] })));
  await putBlob(bus, space, Buffer.from('something else'));
  const definition = tasks['ingest-document'];
  const { task } = await submit(bus, log, { definition, payload: { brand: 'U', url, file } });
  const [upload] = (await list({ brand: 'U' })).items.filter((one) => one.url === url);
  const { scope } = await ask<FoundSource>('find', { id: upload?.id });
  const dry = await eraseResult({ ...scope, dryRun: true });
  expect(dry).toMatchObject({ removed: {}, rounds: 0, foundAfter: { chunks: 1, blobs: 2 } });
  const proof = await eraseResult({ ...scope });
  expect(proof).toMatchObject({
    cancelled: 1,
    removed: { chunks: 1, vectors: 1, blobs: 2, pages: 1 },
    foundAfter: { chunks: 0, vectors: 0, blobs: 0, pages: 0, live: 0, schedules: 0 },
  });
  expect((await engine.reaches(task.id)).error).toContain('"erased"');
  expect((await list({ brand: 'U' })).items.map((one) => one.url)).toEqual([
    'https://upload.invalid/other/h.pdf',
  ]);
});

test('an erased brand takes its schedules and open tasks along, and is empty afterwards', async () => {
  const { bus, log } = engine;
  const payload = { url: 'https://s.example/', brand: '?!' };
  const spec = { name: 'nightly', cron: '0 3 * * *', timezone: 'UTC', overlap: 'skip' } as const;
  const schedule = { ...spec, catchUp: 'none', task: { kind: 'scrape-site', payload } } as const;
  const { value } = await readSchedule();
  await saveSchedule(bus, 'scraping', { ...value, ...schedule }, 0);
  const definition = tasks['scrape-site'];
  const { task } = await submit(bus, log, { definition, payload });
  const later = { definition: tasks['answer-question'], payload: { question: 'q', brand: '?!' } };
  const { task: asked } = await submit(bus, log, { ...later, runAt: Date.now() + 3_600_000 });
  const proof = await eraseResult({ brand: '?!' });
  expect(proof).toMatchObject({ cancelled: 2, removed: { schedules: 1, blobs: 1 } });
  for (const { id } of [task, asked]) expect((await engine.reaches(id)).state).toBe('cancelled');
  expect((await readSchedules(bus)).map(({ name }) => name)).not.toContain('nightly');
  expect(await list({ brand: '?!' })).toEqual({ items: [], nextCursor: null });

  async function readSchedule() {
    const [shipped] = await readSchedules(bus);
    if (!shipped) throw new Error('the system ships schedules');
    const { shipped: _ours, ...plain } = shipped;
    return { value: plain };
  }
});

test('retention erases what was not read for too long, by brand; a dry run only says so', async () => {
  await given('R', 'https://old.example/', { fetchedAt: old });
  await given('R', 'https://young.example/', { fetchedAt: new Date().toISOString() });
  await given('Kept', 'https://old.example/', { fetchedAt: old });
  const payload = { days: 0, brandDays: { R: 30 } };
  const dry = (await engine.completed('retention', { ...payload, dryRun: true })).result;
  expect(dry).toMatchObject({ dryRun: true, days: 0, due: [{ brand: 'R', lastReadAt: old }] });
  expect((await list({ brand: 'R' })).items).toHaveLength(2);
  const { result, children } = await engine.completed('retention', payload);
  expect(children).toMatchObject({ total: 1, succeeded: 1 });
  expect(result).toMatchObject({ dryRun: false, due: [{ url: 'https://old.example' }] });
  expect((await list({ brand: 'R' })).items).toMatchObject([{ url: 'https://young.example' }]);
  expect((await list({ brand: 'Kept' })).items).toHaveLength(1);
  expect((await engine.completed('retention', {})).result).toMatchObject({ days: 0, due: [] });
});
