import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(async () => {
  gateway.nats.thaw();
  await gateway[Symbol.asyncDispose]();
});

const scrape = { url: 'https://docs.example.com/', brand: 'Acme' };
const ready = async () => (await fetch(`${gateway.opsUrl}/readyz`)).status;

test('with NATS gone nothing is accepted, and with NATS back everything is', async () => {
  const { body: before } = await gateway.post('/v1/scrapes', scrape);
  // The projection has it: what it has can be read without NATS.
  expect((await gateway.get(`/v1/tasks/${before['id']}`)).status).toBe(200);
  await gateway.nats.kill();
  const since = performance.now();
  const refused = await gateway.post('/v1/scrapes', scrape);
  expect(performance.now() - since).toBeLessThan(20_000);
  expect([refused.status, refused.body['code']]).toEqual([503, 'broker-unavailable']);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  const soon = performance.now();
  expect((await gateway.post('/v1/queries', { question: 'x' })).status).toBe(503);
  expect(performance.now() - soon).toBeLessThan(20_000);

  expect(await ready()).toBe(503);
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  expect((await gateway.get(`/v1/tasks/${before['id']}`)).status).toBe(200);
  expect((await gateway.get('/v1/queues')).body['code']).toBe('broker-unavailable');
  expect((await gateway.get('/v1/health')).body['status']).toBe('unhealthy');

  await gateway.nats.restart();
  await vi.waitFor(async () => expect(await ready()).toBe(200), 10_000);
  expect((await gateway.post('/v1/scrapes', scrape)).status).toBe(202);
});

test('with NATS frozen the gateway is not ready, and a request is refused within seconds', async () => {
  expect(await ready()).toBe(200);
  gateway.nats.freeze();
  const since = performance.now();
  expect(await ready()).toBe(503);
  expect(performance.now() - since).toBeLessThan(10_000);
  const refused = await gateway.post('/v1/scrapes', scrape, { 'idempotency-key': 'frozen' });
  expect(performance.now() - since).toBeLessThan(20_000);
  expect([refused.status, refused.body['code']]).toEqual([503, 'broker-unavailable']);

  gateway.nats.thaw();
  await vi.waitFor(async () => expect(await ready()).toBe(200), 10_000);
  const again = await gateway.post('/v1/scrapes', scrape, { 'idempotency-key': 'frozen' });
  expect(again.status).toBe(202);
  const { body } = await gateway.get('/v1/tasks');
  expect(body['items']).toHaveLength(1);
});

test('a full queue is 503 queue-full', async () => {
  const { config } = await gateway.bus.manager.streams.info('TASKS_SCRAPING');
  await gateway.bus.manager.streams.update('TASKS_SCRAPING', { ...config, max_msgs: 1 });
  expect((await gateway.post('/v1/scrapes', scrape)).status).toBe(202);
  const { status, headers, body } = await gateway.post('/v1/scrapes', scrape);
  expect([status, body['code']]).toEqual([503, 'queue-full']);
  expect(headers.get('retry-after')).toBe('5');
});
