import {
  brandToken,
  type FoundSource,
  type PayloadOf,
  type ResultOf,
  type Tasks,
  tasks,
} from '@slipstream/contracts';
import { getPageText, putBlob, putPageText } from '@slipstream/jetstream';
import { readSchedules, saveSchedule, submit } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Knowledge, old, startKnowledge } from './knowledge.ts';

let knowledge: Knowledge;
beforeAll(async () => {
  knowledge = await startKnowledge();
});
afterAll(() => knowledge[Symbol.asyncDispose]());

const eraseResult = async (payload: PayloadOf<Tasks['erase-source']>) =>
  (await knowledge.engine.completed('erase-source', payload)).result as ResultOf<
    Tasks['erase-source']
  >;

test('one upload is erased with its file and its results, and the rest of the brand stays', async () => {
  const { bus, log } = knowledge.engine;
  const url = 'https://upload.invalid/xyz/g.pdf';
  await knowledge.given('U', url, { source: 'upload' });
  await knowledge.given('U', 'https://upload.invalid/other/h.pdf', { source: 'upload' });
  const space = brandToken('U');
  const file = await putBlob(bus, space, Buffer.from('the bytes of the file'));
  await putBlob(bus, space, Buffer.from(JSON.stringify({ citations: [{ url }] })));
  await putBlob(bus, space, Buffer.from('something else'));
  const text = (of: string) => ({ brand: 'U', docId: Buffer.from(of).toString('hex').slice(-24) });
  await putPageText(bus, { ...text(url), source: 'upload' }, 'its text');
  await putPageText(bus, { ...text('https://s.example/'), source: 'https://s.example' }, 'a text');
  const definition = tasks['ingest-document'];
  const { task } = await submit(bus, log, { definition, payload: { brand: 'U', url, file } });
  const [upload] = (await knowledge.list({ brand: 'U' })).items.filter((one) => one.url === url);
  const { scope } = await knowledge.ask<FoundSource>('find', { id: upload?.id });
  const dry = await eraseResult({ ...scope, dryRun: true });
  expect(dry).toMatchObject({
    removed: {},
    rounds: 0,
    foundAfter: { chunks: 1, blobs: 2, texts: 1 },
  });
  const proof = await eraseResult({ ...scope });
  expect(proof).toMatchObject({
    cancelled: 1,
    removed: { chunks: 1, vectors: 1, blobs: 2, pages: 1, texts: 1 },
    foundAfter: { texts: 0, chunks: 0, vectors: 0, blobs: 0, pages: 0, live: 0, schedules: 0 },
  });
  expect((await knowledge.engine.reaches(task.id)).error).toContain('"erased"');
  expect(await getPageText(bus, text(url))).toBeUndefined();
  expect(await getPageText(bus, text('https://s.example/'))).toBe('a text');
  const source = 'https://s.example';
  expect(await eraseResult({ brand: 'U', source })).toMatchObject({ removed: { texts: 1 } });
  expect((await knowledge.list({ brand: 'U' })).items.map((one) => one.url)).toEqual([
    'https://upload.invalid/other/h.pdf',
  ]);
});

test('an erased brand takes its schedules and open tasks along, and is empty afterwards', async () => {
  const { bus, log } = knowledge.engine;
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
  for (const { id } of [task, asked])
    expect((await knowledge.engine.reaches(id)).state).toBe('cancelled');
  expect((await readSchedules(bus)).map(({ name }) => name)).not.toContain('nightly');
  expect(await knowledge.list({ brand: '?!' })).toEqual({ items: [], nextCursor: null });

  async function readSchedule() {
    const [shipped] = await readSchedules(bus);
    if (!shipped) throw new Error('the system ships schedules');
    const { shipped: _ours, ...plain } = shipped;
    return { value: plain };
  }
});

test('retention erases what was not read for too long, by brand; a dry run only says so', async () => {
  await knowledge.given('R', 'https://old.example/', { fetchedAt: old });
  await knowledge.given('R', 'https://young.example/', { fetchedAt: new Date().toISOString() });
  await knowledge.given('Kept', 'https://old.example/', { fetchedAt: old });
  const payload = { days: 0, brandDays: { R: 30 } };
  const dry = (await knowledge.engine.completed('retention', { ...payload, dryRun: true })).result;
  expect(dry).toMatchObject({ dryRun: true, days: 0, due: [{ brand: 'R', lastReadAt: old }] });
  expect((await knowledge.list({ brand: 'R' })).items).toHaveLength(2);
  const { result, children } = await knowledge.engine.completed('retention', payload);
  expect(children).toMatchObject({ total: 1, succeeded: 1 });
  expect(result).toMatchObject({ dryRun: false, due: [{ url: 'https://old.example' }] });
  expect((await knowledge.list({ brand: 'R' })).items).toMatchObject([
    { url: 'https://young.example' },
  ]);
  expect((await knowledge.list({ brand: 'Kept' })).items).toHaveLength(1);
  expect((await knowledge.engine.completed('retention', {})).result).toMatchObject({
    days: 0,
    due: [],
  });
});
