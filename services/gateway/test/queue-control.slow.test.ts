import { tasks } from '@slipstream/contracts';
import { createEventLog, submit } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Json, startGateway, type TestGateway } from './gateway.ts';
import { embedding, rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const queueOf = async (category: string, priority: string): Promise<Json | undefined> => {
  const items = (await gateway.get('/v1/queues')).body['items'] as unknown as Json[];
  const isIt = (one: Json) =>
    (one['category'] as unknown) === category && (one['priority'] as unknown) === priority;
  return items.find(isIt);
};

const create = async (kind: string, payload: object, more: object = {}): Promise<string> => {
  const { body } = await gateway.post('/v1/tasks', { kind, payload, ...more });
  return String(body['id']);
};

const taskOf = async (id: string, waitMs = 0): Promise<Json> =>
  (await gateway.get(`/v1/tasks/${id}?waitMs=${waitMs}`)).body;

test('a paused category takes nothing and says so, and goes on within 2 s when it is resumed', async () => {
  gateway.work('embedding', embedding());
  const embed = () => create('embed-texts', { texts: ['a'] });
  expect(await taskOf(await embed(), 5_000)).toMatchObject({ state: 'succeeded' });

  expect((await gateway.post('/v1/queues/embedding/pause', '{}')).body).toEqual({
    category: 'embedding',
    paused: true,
  });
  const id = await embed();
  expect(await taskOf(id, 1_500)).toMatchObject({ state: 'queued', attempt: 0 });
  const { priority } = tasks['embed-texts'];
  expect(await queueOf('embedding', priority)).toMatchObject({ paused: true, waiting: 1 });
  expect(await queueOf('rag', priority)).toMatchObject({ paused: false });

  await gateway.post('/v1/queues/embedding/resume', '{}');
  expect(await taskOf(id, 2_000)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(await queueOf('embedding', priority)).toMatchObject({
    paused: false,
    throughputPerMinute: 2,
    minutesLeft: 0,
  });
});

test('a purge without its confirmation is refused and ends nothing', async () => {
  const id = await create('scrape-page', { url: 'https://docs.example.com/', brand: 'Acme' });
  for (const body of [{ confirm: 'rag' }, {}, { confirm: 'scraping', really: true }]) {
    expect((await gateway.post('/v1/queues/scraping/purge', body)).status).toBe(400);
  }
  expect((await gateway.post('/v1/queues/reset', { confirm: 'yes' })).status).toBe(400);
  expect(await taskOf(id)).toMatchObject({ state: 'queued' });
  await gateway.post(`/v1/tasks/${id}/cancel`, '{}');
});

test('a purge cancels all that waits, tells the number, and lets the running ones end', async () => {
  const gate = Promise.withResolvers<void>();
  const search = rag()['search-knowledge'];
  gateway.work(
    'rag',
    rag({
      'search-knowledge': async (payload, context) => {
        await gate.promise;
        return search(payload, context);
      },
    }),
  );
  const ask = (priority: string) => create('search-knowledge', { q: 'x' }, { priority });
  const running = await Promise.all(Array.from({ length: 10 }, () => ask('high')));
  await vi.waitFor(async () => {
    const { body } = await gateway.get('/v1/tasks?state=running&category=rag');
    expect(body['items']).toHaveLength(10);
  }, 5_000);
  const waiting = [
    ...(await Promise.all(Array.from({ length: 20 }, () => ask('high')))),
    ...(await Promise.all(Array.from({ length: 10 }, () => ask('bulk')))),
  ];

  const purge = await gateway.post('/v1/queues/rag/purge', { confirm: 'rag' });
  expect([purge.status, purge.body]).toEqual([200, { category: 'rag', purged: 30 }]);
  for (const id of waiting) {
    expect(await taskOf(id, 5_000)).toMatchObject({
      state: 'cancelled',
      error: { code: 'purged' },
    });
  }
  gate.resolve();
  for (const id of running) expect(await taskOf(id, 5_000)).toMatchObject({ state: 'succeeded' });
  expect(await taskOf(await ask('high'), 5_000)).toMatchObject({ state: 'succeeded' });
  expect((await gateway.post('/v1/queues/rag/purge', { confirm: 'rag' })).body['purged']).toBe(0);
});

test('a reset cancels what waits in every queue, and the pools go on', async () => {
  const log = createEventLog(gateway.bus);
  const scrapes = Array.from({ length: 1_200 }, () =>
    submit(gateway.bus, log, {
      definition: tasks['scrape-page'],
      payload: { url: 'https://docs.example.com/', brand: 'Acme' },
    }),
  );
  const [first] = await Promise.all(scrapes);
  await create('maintain-index', {});
  const reset = await gateway.post('/v1/queues/reset', { confirm: 'reset' });
  expect(reset.body).toMatchObject({
    purged: 1_201,
    categories: { scraping: 1_200, maintenance: 1, rag: 0 },
  });
  expect(await taskOf(first?.task.id ?? '', 5_000)).toMatchObject({ error: { code: 'purged' } });
  const info = await gateway.bus.manager.streams.info('TASKS_SCRAPING');
  expect(info.state.messages).toBe(0);
  const id = await create('embed-texts', { texts: ['a'] });
  expect(await taskOf(id, 5_000)).toMatchObject({ state: 'succeeded' });
});
