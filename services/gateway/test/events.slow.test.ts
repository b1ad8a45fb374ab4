import { newId } from '@slipstream/contracts';
import { createEventLog } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';
import { type ReadEvent, readEvents } from './read-events.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.work('rag', rag());
});
afterAll(() => gateway[Symbol.asyncDispose]());

const beginning = { headers: { 'last-event-id': '0.0' } };
const read = (query: string, init: RequestInit, enough: (event: ReadEvent) => boolean) =>
  readEvents(`${gateway.url}/v1/events${query}`, init, enough);

async function search(tags: string[] = [], more: object = {}): Promise<string> {
  const task = { kind: 'search-knowledge', payload: { q: 'secret words' }, tags, ...more };
  return String((await gateway.post('/v1/tasks', task)).body['id']);
}

const endOf =
  (id: string) =>
  ({ data }: ReadEvent): boolean =>
    String(data['id']) === id && String(data['state']) === 'succeeded';

test('every task is told of in order, with its kind and tags and without its payload', async () => {
  const ids = await Promise.all(['one', 'two', 'three'].map((tag) => search([tag])));
  const last = await search(['last']);
  for (const id of [...ids, last]) await gateway.get(`/v1/tasks/${id}?waitMs=15000`);
  const events = await read('', beginning, endOf(last));
  for (const [place, id] of ids.entries()) {
    const own = events.filter(({ data }) => String(data['id']) === id);
    const told = own.map(({ data }) => String(data['state']));
    // A run of more than 20 ms says that it has begun.
    expect(told.join()).toMatch(/^(queued,)?(running,)?succeeded$/);
    expect(own.at(-1)?.data).toMatchObject({
      kind: 'search-knowledge',
      category: 'rag',
      run: 1,
      attempt: 1,
      tags: [['one'], ['two'], ['three']][place],
    });
  }
  expect(JSON.stringify(events)).not.toContain('secret words');
});

test('filters by category, kind, state and tag leave out the rest', async () => {
  const scraped = await gateway.post('/v1/scrapes', { url: 'https://a.example/', brand: 'A' });
  const wanted = await search(['wanted']);
  await gateway.get(`/v1/tasks/${wanted}?waitMs=15000`);
  const idsOf = (events: ReadEvent[]) => new Set(events.map(({ data }) => String(data['id'])));
  const byTag = await read('?tag=wanted&state=succeeded', beginning, endOf(wanted));
  expect(byTag.map(({ data }) => String(data['id']))).toEqual([wanted]);
  for (const query of ['?category=rag', '?kind=search-knowledge', '?state=succeeded']) {
    const found = idsOf(await read(query, beginning, endOf(wanted)));
    expect([found.has(wanted), found.has(String(scraped.body['id']))]).toEqual([true, false]);
  }
  const inQueue = await read('?category=scraping&state=queued', beginning, () => true);
  expect(idsOf(inQueue)).toEqual(new Set([String(scraped.body['id'])]));
  expect((await gateway.get('/v1/events?state=nothing')).status).toBe(400);
});

test('without Last-Event-ID the stream begins now, with it after that event', async () => {
  const before = await search(['before']);
  await gateway.get(`/v1/tasks/${before}?waitMs=15000`);
  let open = true;
  const reading = read('', {}, ({ data }) => String(data['state']) === 'succeeded');
  const done = reading.finally(() => {
    open = false;
  });
  while (open) await gateway.get(`/v1/tasks/${await search(['now'])}?waitMs=15000`);
  const events = await done;
  expect(events.some(({ data }) => String(data['id']) === before)).toBe(false);

  const all = await read('', beginning, endOf(before));
  const first = all.findIndex(({ id }) => id !== undefined);
  const after = { headers: { 'last-event-id': String(all[first]?.id) } };
  expect(await read('', after, endOf(before))).toEqual(all.slice(first + 1));
});

test('a task that ends in the log before it is submitted there is told of in order', async () => {
  const log = createEventLog(gateway.bus);
  const id = newId();
  const at = new Date().toISOString();
  const common = { id, run: 1, category: 'rag', at } as const;
  const kind = 'search-knowledge';
  const outcome = { ...common, kind, attempt: 1, startedAt: at, worker: 'test' };
  const message = {
    id,
    run: 1,
    gen: 1,
    kind,
    priority: 'normal',
    payload: {},
    createdAt: at,
  } as const;
  const ends = await log.append({ ...outcome, type: 'succeeded' });
  await log.append({ ...common, type: 'submitted', task: { ...message, tags: ['early'] } });
  // From the beginning, and for a client that had gone on to the end of the task already.
  for (const from of ['0.0', `${ends}.1`]) {
    const init = { headers: { 'last-event-id': from } };
    const told = await read('?tag=early', init, endOf(id));
    expect(told.at(-1)?.data).toMatchObject({ id, state: 'succeeded', tags: ['early'] });
  }
});
