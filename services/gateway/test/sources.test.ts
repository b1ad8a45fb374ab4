import { type FoundSource, subjects } from '@slipstream/contracts';
import { brandLanguage, serveMicro } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const source = {
  ...{ id: 'site', brand: 'Acme', url: 'https://docs.example.com', kind: 'site' as const },
  ...{ pages: 2, chunks: 5, chunksWithoutVector: 1, errors: { count: 0, last: [] } },
};
const payload = { brand: 'Acme', url: 'https://docs.example.com/', maxPages: 7 };
const scope = { brand: 'Acme', source: 'https://docs.example.com' };
const site: FoundSource = { source, scope, refresh: { kind: 'scrape-site', payload } };
const upload: FoundSource = { source: { ...source, id: 'upload', kind: 'document' }, scope };

/** What a task of the gateway is to do, as it waits in its queue. */
async function payloadOf(stream: string, id: unknown): Promise<unknown> {
  const stored = await gateway.bus.manager.streams.getMessage(stream, {
    last_by_subj: `tasks.*.*.${id}`,
  });
  return stored?.json<{ payload: unknown }>().payload;
}

test('without the service that knows the sources the answer says which one is missing', async () => {
  const { status, headers, body } = await gateway.get('/v1/sources');
  expect([status, body['code'], headers.get('retry-after')]).toEqual([
    503,
    'knowledge-unavailable',
    '5',
  ]);
});

test('a brand is erased only when its name is confirmed, and then as a task', async () => {
  for (const confirm of ['', '&confirm=acme', '&confirm=']) {
    const refused = await gateway.call('DELETE', `/v1/sources?brand=Acme${confirm}`);
    expect(refused.body).toMatchObject({
      ...{ status: 400, code: 'invalid-request' },
      errors: [{ path: '/query/confirm', message: "must be 'Acme'" }],
    });
  }
  const { status, body } = await gateway.call('DELETE', '/v1/sources?brand=Acme&confirm=Acme');
  expect([status, body['kind']]).toEqual([202, 'erase-source']);
  expect(await payloadOf('TASKS_MAINTENANCE', body['id'])).toEqual({ brand: 'Acme' });
});

test('the language of a brand is set for what comes, and what is there is indexed anew', async () => {
  const { patch, bus } = gateway;
  for (const language of ['klingon', 'EN', null]) {
    const { body } = await patch('/v1/sources?brand=Acme', { language });
    const message = expect.stringMatching(/allowed values \(auto, en, de, fr, es, it, pt, nl\)$/);
    expect(body).toMatchObject({ status: 400, errors: [{ path: '/language', message }] });
  }
  expect(await brandLanguage(bus, 'Acme')).toBeUndefined();
  const { status, body } = await patch('/v1/sources?brand=Acme', { language: 'de' });
  expect([status, body['kind'], body['tags']]).toEqual([202, 're-index', ['language:de']]);
  expect(await payloadOf('TASKS_INGESTION', body['id'])).toEqual({ brand: 'Acme' });
  expect(await brandLanguage(bus, 'Acme')).toBe('de');
  expect(await brandLanguage(bus, 'Other')).toBeUndefined();
  await patch('/v1/sources?brand=Acme', { language: 'auto' });
  expect(await brandLanguage(bus, 'Acme')).toBeUndefined();
});

test('sources are listed, refreshed and erased by their ids', async () => {
  const known = new Map([site, upload].map((one) => [one.source.id, one]));
  const forgotten: string[] = [];
  const answers = {
    list: () => ({ items: [source], nextCursor: null }),
    find: (id: string) => known.get(id) ?? null,
    forget: (id: string) => forgotten.push(id),
  };
  serveMicro(gateway.bus, {
    name: 'maintenance',
    version: '0.1.0',
    description: 'Answers as the service maintenance does',
    endpoints: (['list', 'find', 'forget'] as const).map((verb) => ({
      name: verb,
      subject: subjects.sources(verb),
      handle: (request) => answers[verb](request.json<{ id: string }>().id),
    })),
  });
  await gateway.bus.flush();
  expect((await gateway.get('/v1/sources?brand=Acme')).body).toEqual(answers.list());
  expect((await gateway.get('/v1/sources/site')).body).toEqual(source);
  expect((await gateway.get('/v1/sources/none')).body).toMatchObject({ code: 'source-not-found' });
  const cursor = await gateway.get('/v1/sources?cursor=%21');
  expect(cursor.body).toMatchObject({ status: 400, errors: [{ path: '/query/cursor' }] });

  const refresh = await gateway.post('/v1/sources/site/refresh', '');
  expect(refresh).toMatchObject({ status: 202, body: { kind: 'scrape-site' } });
  expect(await payloadOf('TASKS_SCRAPING', refresh.body['id'])).toEqual(payload);
  expect(forgotten).toEqual([]);
  await gateway.post('/v1/sources/site/refresh', { full: true });
  expect(forgotten).toEqual(['site']);
  const kept = await gateway.post('/v1/sources/upload/refresh', { fetch: false });
  expect(kept).toMatchObject({ status: 202, body: { kind: 're-index', tags: ['source:upload'] } });
  expect(await payloadOf('TASKS_INGESTION', kept.body['id'])).toEqual(scope);
  const never = await gateway.post('/v1/sources/upload/refresh', {});
  expect(never.body).toMatchObject({ status: 409, code: 'source-not-refreshable' });

  const erased = await gateway.call('DELETE', '/v1/sources/site');
  expect(erased).toMatchObject({ status: 202, body: { tags: ['source:site'] } });
  expect(await payloadOf('TASKS_MAINTENANCE', erased.body['id'])).toEqual(scope);
});
