import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, startGateway, type TestGateway } from './gateway.ts';

/** What the NATS CLI asks the server for; it is not installed everywhere, its requests are these. */
let gateway: TestGateway;
let taskId: string;
beforeAll(async () => {
  gateway = await startGateway();
  const scrape = { url: 'https://docs.example.com/', brand: 'Acme' };
  taskId = String((await gateway.post('/v1/scrapes', scrape)).body['id']);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const ask = async (subject: string, body: object = {}): Promise<Json> =>
  (await gateway.bus.connection.request(subject, JSON.stringify(body))).json<Json>();

test('`nats stream ls` shows every stream with what it is for', async () => {
  const { streams } = await ask('$JS.API.STREAM.LIST');
  const configs = (streams as unknown as { config: { name: string; description: string } }[]).map(
    ({ config }) => config,
  );
  expect(configs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['TASKS_RAG', 'TASKS_SCRAPING', 'EVENTS', 'LIVE', 'BLOBS', 'SCHED']),
  );
  for (const { description } of configs) expect(description).toBeTruthy();
});

test('`nats stream info` and `nats consumer ls` show the queue and its priorities', async () => {
  const info = await ask('$JS.API.STREAM.INFO.TASKS_SCRAPING');
  expect(info).toMatchObject({ state: { messages: 1 }, config: { retention: 'workqueue' } });
  const { consumers } = await ask('$JS.API.CONSUMER.LIST.TASKS_SCRAPING');
  const names = (consumers as unknown as { name: string }[]).map(({ name }) => name);
  expect(names.sort()).toEqual(['p0', 'p1', 'p2', 'p3', 'p4']);
  const normal = await ask('$JS.API.CONSUMER.INFO.TASKS_SCRAPING.p2');
  expect(normal).toMatchObject({ num_pending: 1, config: { description: 'scraping, normal' } });
});

test('`nats stream get` shows a task and an event as JSON that a person can read', async () => {
  const task = await ask('$JS.API.STREAM.MSG.GET.TASKS_SCRAPING', { seq: 1 });
  expect(task['message']?.['subject']).toBe(`tasks.scraping.normal.${taskId}`);
  expect(bodyOf(task)).toMatchObject({
    id: taskId,
    kind: 'scrape-page',
    payload: { url: 'https://docs.example.com/', brand: 'Acme' },
  });
  const event = await ask('$JS.API.STREAM.MSG.GET.EVENTS', { last_by_subj: 'events.scraping' });
  expect(bodyOf(event)).toEqual([expect.objectContaining({ type: 'submitted', id: taskId })]);
});

test('`nats micro ls`, `info` and a request find the gateway', async () => {
  const ping = await ask('$SRV.PING');
  expect(ping).toMatchObject({
    type: 'io.nats.micro.v1.ping_response',
    name: 'slipstream-gateway',
  });
  const info = await ask('$SRV.INFO.slipstream-gateway');
  expect(info['endpoints']).toContainEqual(expect.objectContaining({ name: 'status' }));
  expect(await ask('slipstream.gateway.status')).toMatchObject({ status: 'degraded' });
});

function bodyOf(stored: Json): unknown {
  const data = stored['message']?.['data'] as unknown as string;
  return JSON.parse(Buffer.from(data, 'base64').toString());
}
