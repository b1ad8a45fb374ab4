import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { type GatewayService, startService } from '../src/service.ts';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const tasks = {
  tasks: ['one', 'two'].map((q) => ({ kind: 'search-knowledge', payload: { q } })),
};

/** Another process in effect: it shares nothing with the first gateway but NATS. */
async function secondGateway(): Promise<GatewayService> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return startService(
    readConfig({
      SLIPSTREAM_NATS_URL: gateway.nats.url,
      SLIPSTREAM_PORT: '0',
      SLIPSTREAM_OPS_PORT: '0',
      SLIPSTREAM_DATA_DIR: dir,
      SLIPSTREAM_LOG_LEVEL: 'silent',
    }),
  );
}

async function postTo(base: string, path: string, key: string, body: object) {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const scrape = { url: 'https://docs.example.com/', brand: 'Acme' };
const keyed = (key: string, body: object = scrape, path = '/v1/scrapes') =>
  gateway.post(path, body, { 'idempotency-key': key });

test('the same key and body is the same task, also when twenty come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('at-once')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  const { state } = await gateway.bus.manager.streams.info('TASKS_SCRAPING');
  expect(state.messages).toBe(1);
  expect((await keyed('at-once')).body['id']).toBe(answers[0]?.body['id']);
});

test('the same key with another body is 409', async () => {
  const { body: first } = await keyed('reused');
  const { status, body } = await keyed('reused', { ...scrape, brand: 'Other' });
  expect([status, body['code']]).toEqual([409, 'idempotency-key-reused']);
  expect(body['detail']).toContain(String(first['id']));
});

test('the same key on another path is 409', async () => {
  await keyed('paths');
  expect((await keyed('paths', { question: 'x' }, '/v1/queries')).status).toBe(409);
});

test('a refused request leaves its key free', async () => {
  expect((await keyed('corrected', { ...scrape, brand: '' })).status).toBe(400);
  expect((await keyed('corrected')).status).toBe(202);
});

test('a key whose first submission broke off stands for the same task', async () => {
  const { body: first } = await keyed('broken-off', { ...scrape, brand: 'Broken' });
  // As if the gateway had died between the key and the task.
  await gateway.bus.manager.streams.purge('EVENTS');
  await gateway.bus.manager.streams.purge('TASKS_SCRAPING');
  expect((await keyed('broken-off', { ...scrape, brand: 'Broken' })).body['id']).toBe(first['id']);
});

test('a question asked again with its key has the same answer', async () => {
  gateway.work('rag', rag());
  const [one, two] = await Promise.all([
    keyed('question', { question: 'Why?' }, '/v1/queries'),
    keyed('question', { question: 'Why?' }, '/v1/queries'),
  ]);
  expect(one.status).toBe(200);
  expect(two.body).toEqual(one.body);
});

test('a key is remembered for as long as its task, beyond ten minutes and by other gateways', async () => {
  const asked = { ...scrape, brand: 'Long' };
  const { body: first } = await keyed('long', asked);
  const { body: batch } = await keyed('long-batch', tasks, '/v1/tasks/batch');
  // The ten minutes are over, and another gateway has never seen the key.
  await gateway.bus.manager.streams.purge('KV_idempotency');
  await using other = await secondGateway();
  for (const base of [gateway.url, other.url]) {
    await gateway.bus.manager.streams.purge('KV_idempotency');
    const again = await postTo(base, '/v1/scrapes', 'long', asked);
    expect([again.status, again.body['id']]).toEqual([202, first['id']]);
    const changed = await postTo(base, '/v1/scrapes', 'long', { ...asked, brand: 'Other' });
    expect([changed.status, changed.body['code']]).toEqual([409, 'idempotency-key-reused']);
    expect((await postTo(base, '/v1/tasks/batch', 'long-batch', tasks)).body).toEqual(batch);
    const fewer = { tasks: tasks.tasks.slice(1) };
    expect((await postTo(base, '/v1/tasks/batch', 'long-batch', fewer)).status).toBe(409);
  }
  const { body } = await gateway.get(`/v1/tasks/${first['id']}`);
  expect(JSON.stringify(body)).not.toContain('idem');
});

test('a key of more than 255 characters is refused', async () => {
  expect((await keyed('x'.repeat(256))).status).toBe(400);
});
