import { directLast } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const webhook = { url: 'https://hooks.example.com/x', secret: 'whsec_c2VjcmV0' };
const search = { kind: 'search-knowledge', payload: { q: 'x' }, webhook };

test.each([
  ['/v1/tasks', search],
  ['/v1/scrapes', { url: 'https://docs.example.com/', brand: 'Acme', webhook }],
  ['/v1/scrapes', { url: 'https://docs.example.com/', brand: 'Acme', mode: 'site', webhook }],
  ['/v1/documents', { url: 'https://docs.example.com/a.pdf', brand: 'Acme', webhook }],
  ['/v1/embeddings', { texts: ['x'], waitMs: 0, webhook }],
  ['/v1/queries', { question: 'why?', waitMs: 0, webhook }],
])('POST %s keeps the webhook with the task and never shows its secret', async (path, body) => {
  const { status, body: task } = await gateway.post(path, body);
  expect(status).toBe(202);
  const subject = `tasks.${task['category']}.${task['priority']}.${task['id']}`;
  const stream = `TASKS_${String(task['category']).toUpperCase()}`;
  const stored = await directLast(gateway.bus, stream, subject);
  expect(JSON.parse(String(stored?.data && Buffer.from(stored.data)))).toMatchObject({ webhook });
  const answers = [
    task,
    (await gateway.get(`/v1/tasks/${task['id']}`)).body,
    (await gateway.get('/v1/tasks')).body,
  ];
  expect(JSON.stringify(answers)).not.toContain(webhook.secret);
});

test('a webhook inside is refused, in a batch too, and its place is named', async () => {
  const inside = { ...search, webhook: { url: 'http://169.254.169.254/latest' } };
  expect((await gateway.post('/v1/tasks', inside)).body).toMatchObject({
    code: 'url-not-allowed',
    errors: [{ path: '/webhook/url' }],
  });
  expect((await gateway.post('/v1/tasks/batch', { tasks: [search, inside] })).body).toMatchObject({
    code: 'url-not-allowed',
    errors: [{ path: '/tasks/1/webhook/url' }],
  });
});
