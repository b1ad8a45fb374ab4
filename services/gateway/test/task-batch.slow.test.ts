import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const search = (q: unknown, more: object = {}) => ({
  kind: 'search-knowledge',
  payload: { q },
  ...more,
});
const searches = (count: number) =>
  Array.from({ length: count }, (_, place) => search(`question ${place}`));
const send = (tasks: unknown, headers?: Record<string, string>) =>
  gateway.post('/v1/tasks/batch', { tasks }, headers);
const waiting = async (): Promise<number> =>
  (await gateway.bus.manager.streams.info('TASKS_RAG')).state.messages;

test('a batch is answered with the ids of its tasks, in order, and each can be read at once', async () => {
  const { status, body } = await send([
    search('one'),
    search('two', { tags: ['second'], priority: 'bulk' }),
    { kind: 'scrape-page', payload: { url: 'https://docs.example.com/', brand: 'Acme' } },
  ]);
  expect([status, body['accepted']]).toEqual([202, 3]);
  const ids = body['ids'] as unknown as string[];
  expect([...ids].sort()).toEqual(ids);
  const tasks = await Promise.all(
    ids.map(async (id) => (await gateway.get(`/v1/tasks/${id}`)).body),
  );
  expect(tasks).toMatchObject([
    { kind: 'search-knowledge', state: 'queued', priority: 'critical' },
    { tags: ['second'], priority: 'bulk' },
    { kind: 'scrape-page', category: 'scraping' },
  ]);
});

test('one mistake refuses the whole batch and is named by its place', async () => {
  const before = await waiting();
  const mistaken = [...searches(17), search(7), search('after')];
  const { status, body } = await send(mistaken);
  expect(status).toBe(400);
  expect(body).toMatchObject({
    code: 'invalid-request',
    errors: [{ path: '/tasks/17/payload/q' }],
  });
  const url = 'http://127.0.0.1/';
  const closed = await send([search('x'), { kind: 'scrape-page', payload: { url, brand: 'A' } }]);
  expect(closed.body).toMatchObject({
    code: 'url-not-allowed',
    errors: [{ path: '/tasks/1/payload/url' }],
  });
  const unknown = await send([{ kind: 'nothing', payload: {} }]);
  expect(unknown.body).toMatchObject({ code: 'unknown-kind', errors: [{ path: '/tasks/0/kind' }] });
  expect(await waiting()).toBe(before);
  expect((await gateway.bus.manager.streams.info('BATCHES')).state.messages).toBe(0);
});

test('more than 10,000 tasks are 400 naming /tasks, more than 16 MiB are 413', async () => {
  const many = await send(searches(10_001));
  expect([many.status, many.body['errors']]).toMatchObject([400, [{ path: '/tasks' }]]);
  expect((await send([])).body).toMatchObject({ errors: [{ path: '/tasks' }] });
  const large = await send([search('x'.repeat(17 << 20))]);
  expect([large.status, large.body['code']]).toEqual([413, 'payload-too-large']);
});

test('10,000 tasks are accepted in one request, and nothing of the batch is left over', async () => {
  const before = await waiting();
  const { status, body } = await send(searches(10_000));
  expect([status, body['accepted']]).toEqual([202, 10_000]);
  expect(new Set(body['ids'] as unknown as string[]).size).toBe(10_000);
  await vi.waitFor(async () => expect(await waiting()).toBe(before + 10_000), 20_000);
  await vi.waitFor(async () => {
    for (const stream of ['BATCHES', 'BLOBS']) {
      expect((await gateway.bus.manager.streams.info(stream)).state.messages).toBe(0);
    }
  });
});

test('the same key and batch has the same ids and runs once, another batch is 409', async () => {
  const ran: string[] = [];
  const key = { 'idempotency-key': 'batch' };
  const keyed = [search('keyed 1'), search('keyed 2')];
  const answers = await Promise.all(Array.from({ length: 5 }, () => send(keyed, key)));
  expect(new Set(answers.map(({ body }) => String(body['ids']))).size).toBe(1);
  gateway.work(
    'rag',
    rag({
      'search-knowledge': async ({ q }) => {
        if (q.startsWith('keyed')) ran.push(q);
        return { hits: [], mode: 'hybrid', timings: {} };
      },
    }),
  );
  const [id] = (answers[0]?.body['ids'] ?? []) as string[];
  const { body } = await gateway.get(`/v1/tasks/${id}?waitMs=60000`);
  expect(body).toMatchObject({ state: 'succeeded' });
  expect((await send(keyed, key)).body).toEqual(answers[0]?.body);
  expect((await send([search('other')], key)).body['code']).toBe('idempotency-key-reused');
  await vi.waitFor(async () => expect(await waiting()).toBe(0), 60_000);
  expect(ran.sort()).toEqual(['keyed 1', 'keyed 2']);
});
