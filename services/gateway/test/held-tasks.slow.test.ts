import { tasks } from '@slipstream/contracts';
import { admit, steward } from '@slipstream/flows';
import { createEventLog, openProjection } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Json, startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
let leading: Promise<void>;
const stop = new AbortController();
beforeAll(async () => {
  gateway = await startGateway();
  const { bus } = gateway;
  const logger = createLogger('test', 'silent');
  leading = admit({ bus, log: createEventLog(bus), tasks, logger }, stop.signal);
});
afterAll(async () => {
  stop.abort();
  await leading;
  await gateway[Symbol.asyncDispose]();
});

const waits = { timeout: 20_000, interval: 50 };

async function queueOf(category: string, priority: string): Promise<Json | undefined> {
  const items = (await gateway.get('/v1/queues')).body['items'] as unknown as Json[];
  const field = (one: Json, name: string) => one[name] as unknown;
  return items.find(
    (one) => field(one, 'category') === category && field(one, 'priority') === priority,
  );
}

const create = async (kind: string, payload: object, more: object = {}): Promise<string> =>
  String((await gateway.post('/v1/tasks', { kind, payload, ...more })).body['id']);

const taskOf = async (id: string): Promise<Json> =>
  (await gateway.get(`/v1/tasks/${id}?waitMs=20000`)).body;

test('what a limit holds that was set by PATCH waits in the queue, says why, and ends by a purge', async () => {
  const limits = { kinds: { 'search-knowledge': { concurrency: { perKey: 1 } } } };
  expect((await gateway.patch('/v1/pools/rag', { limits })).status).toBe(200);
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
  const ask = () => create('search-knowledge', { q: 'x' }, { priority: 'high' });
  const all = await Promise.all(Array.from({ length: 6 }, ask));
  await vi.waitFor(async () => {
    const queue = await queueOf('rag', 'high');
    expect(queue).toMatchObject({ waiting: 5, held: 5, running: 1, waitingForChildren: 5 });
  }, waits);
  const states = await Promise.all(
    all.map(async (id) => [id, (await gateway.get(`/v1/tasks/${id}/why`)).body] as const),
  );
  const held = states.filter(([, { heldBy }]) => (heldBy as unknown) === 'limit');
  expect(held).toHaveLength(5);
  expect(held[0]?.[1]['words']).toBe(
    'It waits in a lane: the concurrency limit of kind search-knowledge is reached.',
  );

  const purge = await gateway.post('/v1/queues/rag/purge', { confirm: 'rag' });
  expect(purge.body).toEqual({ category: 'rag', purged: 5 });
  for (const [id] of held) {
    expect(await taskOf(id)).toMatchObject({ state: 'cancelled', error: { code: 'purged' } });
  }
  expect(await queueOf('rag', 'high')).toMatchObject({ waiting: 0, held: 0 });
  const later = await ask();
  gate.resolve();
  expect(await taskOf(later)).toMatchObject({ state: 'succeeded', attempt: 1 });
}, 60_000);

test('a task that a limit holds beyond its queueTimeoutMs fails, and one without a worker too', async () => {
  const { bus, dir } = gateway;
  await using projection = await openProjection(bus, { dir, name: 'steward' });
  const ending = new AbortController();
  const logger = createLogger('test', 'silent');
  const parts = { bus, log: createEventLog(bus), projection, tasks, logger };
  const running = steward(parts, ending.signal);
  const scrape = { url: 'https://docs.example.com/', brand: 'Acme' };
  const late = { tenant: 'late', queueTimeoutMs: 500 };
  // Without slots four are released into the queue, the fifth stays in its lane.
  const ids = await Promise.all(
    Array.from({ length: 5 }, () => create('scrape-page', scrape, late)),
  );
  for (const id of ids) {
    expect(await taskOf(id)).toMatchObject({ state: 'failed', error: { code: 'queue-timeout' } });
  }
  await vi.waitFor(
    async () => expect(await queueOf('scraping', 'normal')).toMatchObject({ waiting: 0, held: 0 }),
    waits,
  );
  ending.abort();
  await running;
}, 60_000);

test('a reset ends tasks of tenants that wait for their turn', async () => {
  const payload = { url: 'https://docs.example.com/', brand: 'Acme' };
  const scrape = () => create('scrape-page', payload, { tenant: 'acme', priority: 'normal' });
  const ids = await Promise.all(Array.from({ length: 20 }, scrape));
  // Nobody has slots: four are released, the others stay in their lane.
  await vi.waitFor(
    async () => expect(await queueOf('scraping', 'normal')).toMatchObject({ held: 16 }),
    waits,
  );
  expect(await queueOf('scraping', 'normal')).toMatchObject({ waiting: 20 });
  const reset = await gateway.post('/v1/queues/reset', { confirm: 'reset' });
  expect(reset.body).toMatchObject({ purged: 20, categories: { scraping: 20 } });
  for (const id of ids) expect(await taskOf(id)).toMatchObject({ state: 'cancelled' });
}, 60_000);
