import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

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

test('a key of more than 255 characters is refused', async () => {
  expect((await keyed('x'.repeat(256))).status).toBe(400);
});
