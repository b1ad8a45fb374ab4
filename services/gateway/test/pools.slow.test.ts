import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Json, startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const poolOf = async (category: string): Promise<Json | undefined> => {
  const items = (await gateway.get('/v1/pools')).body['items'] as unknown as Json[];
  return items.find((one) => (one['category'] as unknown) === category);
};

test('GET /v1/pools shows what is in effect before anybody has set anything', async () => {
  expect(await poolOf('maintenance')).toEqual({
    category: 'maintenance',
    service: 'maintenance',
    slots: 2,
    minReplicas: 1,
    maxReplicas: 32,
    targetLag: 100,
    maxQueued: 900_000,
    overflow: 'reject',
    ageing: {
      enabled: true,
      share: 0.1,
      allowanceMs: { high: 30_000, normal: 120_000, low: 600_000, bulk: 1_800_000 },
    },
    limits: { kinds: expect.any(Object), tenants: {} },
    boosts: {},
    paused: false,
    workers: 0,
    totalSlots: 0,
    inHand: 0,
    queued: 0,
  });
});

test('slots that are changed by PATCH are taken by a running pool', async () => {
  const gate = Promise.withResolvers<void>();
  gateway.work('rag', rag({ 'search-knowledge': async () => gate.promise as never }));
  const asked = Array.from({ length: 5 }, () =>
    gateway.post('/v1/tasks', { kind: 'search-knowledge', payload: { q: 'x' } }),
  );
  await Promise.all(asked);
  await vi.waitFor(async () => expect(await poolOf('rag')).toMatchObject({ inHand: 5 }), 5_000);
  const { status, body } = await gateway.patch('/v1/pools/rag', { slots: 7, targetLag: 50 });
  expect([status, body]).toMatchObject([200, { category: 'rag', slots: 7, targetLag: 50 }]);
  for (let more = 0; more < 5; more++) {
    await gateway.post('/v1/tasks', { kind: 'search-knowledge', payload: { q: 'x' } });
  }
  await vi.waitFor(
    async () => expect(await poolOf('rag')).toMatchObject({ inHand: 7, totalSlots: 7, queued: 10 }),
    5_000,
  );
  gate.resolve();
});

test('tags choose the priority at submit, in a batch too, for as long as they have a boost', async () => {
  const task = (more: object = {}) => ({ kind: 'embed-texts', payload: { texts: ['a'] }, ...more });
  const submitted = async (more: object) =>
    (await gateway.post('/v1/tasks', task(more))).body['priority'] as unknown;
  const set = await gateway.patch('/v1/pools/embedding', { boosts: { urgent: 2, nightly: -1 } });
  expect(set.body['boosts']).toEqual({ urgent: 2, nightly: -1 });
  const urgent = { priority: 'bulk', tags: ['urgent'] };
  await vi.waitFor(async () => expect(await submitted(urgent)).toBe('normal'), 20_000);
  expect(await submitted({ tags: ['nightly', 'other'] })).toBe('low');
  expect(await submitted({ priority: 'high', tags: ['other'] })).toBe('high');
  const { body } = await gateway.post('/v1/tasks/batch', { tasks: [task(urgent), task()] });
  const [first, second] = body['ids'] as unknown as [string, string];
  expect((await gateway.get(`/v1/tasks/${first}`)).body).toMatchObject({ priority: 'normal' });
  expect((await gateway.get(`/v1/tasks/${second}`)).body).toMatchObject({ priority: 'normal' });

  const gone = await gateway.patch('/v1/pools/embedding', { boosts: { urgent: null } });
  expect(gone.body['boosts']).toEqual({ nightly: -1 });
  await vi.waitFor(async () => expect(await submitted(urgent)).toBe('bulk'), 20_000);
  const wrong = await gateway.patch('/v1/pools/embedding', { boosts: { urgent: 9 } });
  expect(wrong.body['errors']).toContainEqual({
    path: '/boosts/urgent',
    message: expect.stringContaining('4'),
  });
});

test('ageing and limits are changed field by field, and null gives the default back', async () => {
  const limitsOf = async () => (await poolOf('ingestion'))?.['limits'];
  // Of their definitions.
  const own = (await limitsOf())?.['kinds'] ?? {};
  expect(own).toMatchObject({ 'index-write': { concurrency: { perKey: 1 } } });
  const rate = { perSecond: 5, per: 'host' };
  await gateway.patch('/v1/pools/ingestion', {
    ageing: { share: 0.2, allowanceMs: { bulk: 1_000 } },
    limits: { kinds: { 'ingest-document': { rate } }, tenants: { acme: 3 } },
  });
  const { status, body } = await gateway.patch('/v1/pools/ingestion', {
    ageing: { enabled: false },
    limits: { tenants: { small: 0.5, acme: null } },
  });
  expect(status).toBe(200);
  const now = {
    ageing: {
      enabled: false,
      share: 0.2,
      allowanceMs: { high: 30_000, normal: 120_000, low: 600_000, bulk: 1_000 },
    },
    limits: {
      kinds: { ...own, 'ingest-document': { ...own['ingest-document'], rate } },
      tenants: { small: 0.5 },
    },
  };
  expect(body).toMatchObject(now);
  expect(await poolOf('ingestion')).toMatchObject(now);
  await gateway.patch('/v1/pools/ingestion', {
    ageing: null,
    limits: { kinds: { 'ingest-document': null } },
  });
  expect(await limitsOf()).toEqual({ kinds: own, tenants: { small: 0.5 } });
  expect(await poolOf('ingestion')).toMatchObject({ ageing: { enabled: true, share: 0.1 } });
});

test.each([
  [
    'a limit of a kind of another pool',
    { limits: { kinds: { nonsense: null } } },
    '/limits/kinds/nonsense',
  ],
  [
    'a rate without a number',
    { limits: { kinds: { 'scrape-page': { rate: { per: 'pool' } } } } },
    '/limits/kinds/scrape-page/rate',
  ],
  ['a share of everything', { ageing: { share: 1 } }, '/ageing/share'],
  ['an unknown field', { slot: 3 }, '/slot'],
  ['a text for a number', { slots: '3' }, '/slots'],
  ['no slots', { slots: 0 }, '/slots'],
  ['an unknown policy', { overflow: 'explode' }, '/overflow'],
  ['more than the stream may hold', { maxQueued: 900_001 }, '/maxQueued'],
  ['a minimum above the maximum', { minReplicas: 33 }, '/minReplicas'],
  ['a maximum below the minimum', { maxReplicas: 1, minReplicas: 2 }, '/minReplicas'],
])(
  'a change with %s is refused, names the field, and changes nothing',
  async (_case, body, path) => {
    const before = await poolOf('scraping');
    const answer = await gateway.patch('/v1/pools/scraping', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid-request' });
    const errors = answer.body['errors'] as unknown as { path: string }[];
    expect(errors.map((error) => error.path)).toContain(path);
    expect(await poolOf('scraping')).toEqual(before);
  },
);

test('a change of a category that does not exist names it, an empty change is refused', async () => {
  const unknown = await gateway.patch('/v1/pools/nonsense', { slots: 3 });
  expect(unknown.status).toBe(400);
  expect(unknown.body['errors']).toMatchObject([{ path: '/params/category' }]);
  expect((await gateway.patch('/v1/pools/rag', {})).status).toBe(400);
});
