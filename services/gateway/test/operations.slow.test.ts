import { categoryNames, priorities } from '@slipstream/contracts';
import { holdLease } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Json, startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const queues = async () => {
  const { body } = await gateway.get('/v1/queues');
  return body['items'] as unknown as Record<string, unknown>[];
};

test('GET /v1/queues counts every category and priority', async () => {
  const scrape = { url: 'https://docs.example.com/', brand: 'Acme' };
  await gateway.post('/v1/scrapes', scrape);
  await gateway.post('/v1/scrapes', scrape);
  await gateway.post('/v1/tasks', { kind: 'scrape-page', payload: scrape, delayMs: 60_000 });
  const items = await queues();
  expect(items).toHaveLength(categoryNames.length * priorities.length);
  const normal = items.find(
    (one) => one['category'] === 'scraping' && one['priority'] === 'normal',
  );
  expect(normal).toEqual({
    category: 'scraping',
    priority: 'normal',
    waiting: 2,
    held: 0,
    running: 0,
    retrying: 0,
    scheduled: 1,
    waitingForChildren: 0,
    inHand: 0,
    oldestAgeMs: expect.any(Number),
    throughputPerMinute: 0,
    minutesLeft: null,
    limits: { slots: 6, maxQueued: 900_000, overflow: 'reject' },
    paused: false,
  });
});

test('without workers the system is degraded and says which tasks wait', async () => {
  const { status, body } = await gateway.get('/v1/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    status: 'degraded',
    dependencies: { nats: { status: 'healthy' }, projection: { status: 'healthy' } },
    categories: { rag: { status: 'degraded' } },
  });
  expect(body['alerts']).toContainEqual(expect.stringContaining('no worker of rag is alive'));
});

test('what nobody leads is told with what stands still, who leads is named', async () => {
  const lead = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  await using _lease = holdLease(gateway.bus, { name: 'limits', lead });
  await vi.waitFor(async () => {
    const { body } = await gateway.get('/v1/health');
    expect(body['leaders']).toMatchObject({
      limits: { holder: expect.stringContaining('test-') },
      steward: null,
    });
    expect(body['alerts']).toContainEqual(
      expect.stringContaining('nobody leads steward: delayed tasks, schedules'),
    );
    expect(body['alerts']).not.toContainEqual(expect.stringContaining('nobody leads limits'));
  }, 20_000);
});

test('a running worker and its task are seen', async () => {
  const gate = Promise.withResolvers<void>();
  gateway.work(
    'rag',
    rag({
      'answer-question': async (payload, context) => {
        await gate.promise;
        return rag()['answer-question'](payload, context);
      },
    }),
  );
  const asked = gateway.post('/v1/queries', { question: 'x' });
  await vi.waitFor(async () => {
    const { body } = await gateway.get('/v1/workers');
    const [worker] = body['items'] as unknown as Json[];
    expect(worker).toMatchObject({
      worker: 'test-rag',
      status: 'active',
      pools: [{ category: 'rag', slots: 10, inHand: 1 }],
    });
    const critical = (await queues()).find(
      (one) => one['category'] === 'rag' && one['priority'] === 'critical',
    );
    expect(critical).toMatchObject({ running: 1, inHand: 1, waiting: 0 });
  }, 5_000);
  gate.resolve();
  expect((await asked).status).toBe(200);
  const { body } = await gateway.get('/v1/health');
  expect(body['categories']).toMatchObject({ rag: { status: 'healthy' } });
});

test('health and metrics are on the API port and on a port of their own', async () => {
  for (const base of [gateway.url, gateway.opsUrl]) {
    expect((await fetch(`${base}/livez`)).status).toBe(200);
    const ready = await fetch(`${base}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, checks: { nats: expect.any(String), projection: expect.any(String) } },
    ]);
    expect((await fetch(`${base}/metrics`)).status).toBe(200);
  }
});
