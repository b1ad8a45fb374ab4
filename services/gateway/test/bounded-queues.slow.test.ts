import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { defaultTopology, provision } from '@slipstream/jetstream';
import { createEventLog, submit } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';
import { type Json, startGateway, type TestGateway } from './gateway.ts';
import { embedding } from './handlers.ts';

let gateway: TestGateway;
let urls: string[];
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  gateway = stack.use(await startGateway());
  urls = [gateway.url];
  for (const name of ['second', 'third']) {
    const config = readConfig({
      SLIPSTREAM_NATS_URL: gateway.nats.url,
      SLIPSTREAM_PORT: '0',
      SLIPSTREAM_OPS_PORT: '0',
      SLIPSTREAM_DATA_DIR: join(gateway.dir, name),
      SLIPSTREAM_LOG_LEVEL: 'silent',
    });
    urls.push(stack.use(await startService(config)).url);
  }
});
afterAll(() => stack.disposeAsync());

interface Created {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Json;
}

/** By one gateway after the other. */
let turn = 0;
async function create(kind: string, payload: object, priority = 'normal'): Promise<Created> {
  const response = await fetch(`${urls[turn++ % urls.length]}/v1/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind, payload, priority }),
  });
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, body: (await response.json()) as Json };
}
const scrape = (priority?: string) =>
  create('scrape-page', { url: 'https://docs.example.com/', brand: 'Acme' }, priority);
const search = (priority: string) => create('search-knowledge', { q: 'x' }, priority);
const embed = () => create('embed-texts', { texts: ['a'] });

const many = <T>(count: number, call: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, call));

const queued = async (stream: string): Promise<number> =>
  (await gateway.bus.manager.streams.info(stream)).state.messages;

test('three gateways at once fill a queue to its bound exactly, and refuse the rest', async () => {
  await gateway.patch('/v1/pools/scraping', { maxQueued: 50 });
  const answers = await many(120, scrape);
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(50);
  const refused = answers.filter(({ status }) => status === 503);
  expect(refused).toHaveLength(70);
  for (const { body, retryAfter } of refused) {
    expect([body['code'], retryAfter]).toEqual(['queue-full', '5']);
  }
  expect(await queued('TASKS_SCRAPING')).toBe(50);
});

test('a full queue drops the newest of the lowest lower priority, and both are told', async () => {
  await gateway.patch('/v1/pools/rag', { maxQueued: 4, overflow: 'drop-lowest' });
  const ids: string[] = [];
  for (const priority of ['bulk', 'low', 'bulk', 'normal']) {
    ids.push(String((await search(priority)).body['id']));
  }
  const [oldBulk, low, newBulk, normal] = ids;
  for (const dropped of [newBulk, oldBulk, low]) {
    const answer = await search('normal');
    expect([answer.status, answer.body['droppedTaskId']]).toEqual([202, dropped]);
    const { body } = await gateway.get(`/v1/tasks/${dropped}?waitMs=5000`);
    expect(body).toMatchObject({ state: 'cancelled', error: { code: 'dropped' } });
  }
  expect((await search('normal')).body['code']).toBe('queue-full');
  expect((await gateway.get(`/v1/tasks/${normal}`)).body['state']).toBe('queued');

  const high = await many(20, () => search('high'));
  expect(high.filter(({ status }) => status === 202)).toHaveLength(4);
  expect(await queued('TASKS_RAG')).toBe(4);
});

test('a submit waits for room, and is refused when there is none for 5 s', async () => {
  await gateway.patch('/v1/pools/embedding', { maxQueued: 2, overflow: 'wait' });
  await many(2, embed);
  const late = await embed();
  expect([late.status, late.body['code']]).toEqual([503, 'queue-full']);

  const waiting = many(12, embed);
  gateway.work('embedding', embedding());
  expect((await waiting).map(({ status }) => status)).toEqual(Array(12).fill(202));
});

test('public submits leave a tenth of the stream to retries and children', async () => {
  await provision(gateway.bus, { ...defaultTopology, maxQueued: 20 });
  const answers = await many(30, () => create('maintain-index', {}));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(18);
  const log = createEventLog(gateway.bus);
  const internal = () =>
    submit(gateway.bus, log, { definition: tasks['maintain-index'], payload: {} });
  await internal();
  await internal();
  await expect(internal()).rejects.toThrow(/maximum messages exceeded/);
  await vi.waitFor(async () => expect(await queued('TASKS_MAINTENANCE')).toBe(20));
});
