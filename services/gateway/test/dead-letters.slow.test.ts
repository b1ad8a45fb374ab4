import { newId, TerminalError } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { scraping } from './handlers.ts';

const url = 'https://docs.example.com/start';
/** Brands whose pages fail, and with what. */
const broken = new Map<string, (url: string) => Error>();

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.work(
    'scraping',
    scraping({
      'scrape-page': async (payload) => {
        const error = broken.get(payload.brand)?.(payload.url);
        if (error) throw error;
        const links = { followed: 0, skipped: {} };
        return { url: payload.url, outcome: 'indexed', chunks: 1, links, timings: {} };
      },
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

const gone = (of: string) => new TerminalError(`${of} is gone (404)`, { code: 'gone' });
const refused = (of: string) => new TerminalError(`${of} refused us`, { code: 'refused' });

/** Failed tasks under a tag of their own. */
async function failures(count: number, failure = gone): Promise<{ tag: string; ids: string[] }> {
  const tag = newId();
  broken.set(tag, failure);
  const ids: string[] = [];
  for (let page = 0; page < count; page++) {
    const payload = { url: `${url}/${page}`, brand: tag };
    const { body } = await gateway.post('/v1/tasks', { kind: 'scrape-page', payload, tags: [tag] });
    ids.unshift(String(body['id']));
  }
  for (const id of ids) await gateway.get(`/v1/tasks/${id}?waitMs=20000`);
  return { tag, ids };
}

async function list(query: string): Promise<Record<string, unknown>[]> {
  const { status, body } = await gateway.get(`/v1/dead-letters?${query}`);
  expect(status).toBe(200);
  return body['items'] as unknown as Record<string, unknown>[];
}
const idsOf = (items: Record<string, unknown>[]) => items.map(({ id }) => id);

test('failed tasks are dead letters, found by every filter of the list', async () => {
  const { tag, ids } = await failures(3);
  expect(idsOf(await list(`tag=${tag}`))).toEqual(ids);
  expect(idsOf(await list(`tag=${tag}&kind=scrape-page&category=scraping`))).toEqual(ids);
  expect(idsOf(await list(`tag=${tag}&q=gone`))).toEqual(ids);
  expect(await list(`tag=${tag}&category=rag`)).toEqual([]);
  const first = await gateway.get(`/v1/dead-letters?tag=${tag}&limit=2`);
  const next = await list(`tag=${tag}&limit=2&cursor=${first.body['nextCursor']}`);
  expect(idsOf(next)).toEqual(ids.slice(2));
});

test('failures of one cause are one group, whatever page they are about', async () => {
  const { tag, ids } = await failures(2, refused);
  const [example] = await list(`tag=${tag}`);
  expect(example).toMatchObject({ error: { code: 'refused' } });
  const groups = await list('group=error&kind=scrape-page');
  const group = groups.find(({ code }) => code === 'refused');
  expect(group).toEqual({
    error: expect.stringMatching(/^[0-9a-f]{12}$/),
    code: 'refused',
    message: '<url> refused us',
    count: 2,
    firstSeen: expect.any(String),
    lastSeen: expect.any(String),
    kinds: ['scrape-page'],
    exampleId: ids[0],
  });
  expect(idsOf(await list(`error=${group?.['error']}`))).toEqual(ids);
  const wrong = await gateway.get('/v1/dead-letters?group=error&q=x');
  expect(wrong.body).toMatchObject({ status: 400, code: 'invalid-request' });
});

test('those that fit a filter are put back, and the answer says how many', async () => {
  const { tag, ids } = await failures(70);
  broken.delete(tag);
  const { status, body } = await gateway.post('/v1/dead-letters/replay', { filter: { tag } });
  expect([status, body]).toEqual([200, { replayed: 70, skipped: 0, complete: true }]);
  expect(await list(`tag=${tag}`)).toEqual([]);
  for (const id of ids) {
    const ended = await gateway.get(`/v1/tasks/${id}?waitMs=20000`);
    expect(ended.body).toMatchObject({ run: 2, state: 'succeeded' });
  }
  const again = await gateway.post('/v1/dead-letters/replay', { ids });
  expect(again.body).toEqual({ replayed: 0, skipped: 70, complete: true });
});

test('a rate bounds how fast they come back', async () => {
  const { tag } = await failures(3);
  const began = performance.now();
  const body = { filter: { tag }, perSecond: 10 };
  expect((await gateway.post('/v1/dead-letters/replay', body)).body).toMatchObject({ replayed: 3 });
  expect(performance.now() - began).toBeGreaterThanOrEqual(290);
});

test('what is discarded leaves the dead letters and stays in the list', async () => {
  const { tag, ids } = await failures(2);
  const [first = ''] = ids;
  const one = await gateway.post('/v1/dead-letters/discard', { ids: [first, newId()] });
  expect(one.body).toEqual({ discarded: 1, skipped: 1, complete: true });
  expect(idsOf(await list(`tag=${tag}`))).toEqual(ids.slice(1));
  const { body } = await gateway.get(`/v1/tasks?tag=${tag}&state=failed`);
  expect(idsOf(body['items'] as unknown as Record<string, unknown>[])).toEqual(ids);

  broken.delete(tag);
  expect((await gateway.post(`/v1/tasks/${first}/retry`, {})).status).toBe(202);
  expect((await gateway.get(`/v1/tasks/${first}?waitMs=20000`)).body).toMatchObject({
    state: 'succeeded',
  });
});

test.each([
  ['neither ids nor a filter', {}, '/filter'],
  ['both', { ids: [], filter: {} }, '/filter'],
  ['an unknown filter', { filter: { colour: 'red' } }, '/filter/colour'],
  ['what is no id', { ids: ['x'] }, '/ids/0'],
])('%s is refused with the path', async (_what, body, path) => {
  for (const verb of ['replay', 'discard']) {
    const answer = await gateway.post(`/v1/dead-letters/${verb}`, body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toContainEqual({ path, message: expect.any(String) });
  }
});
