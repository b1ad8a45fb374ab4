import { newId, TerminalError } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { scraping } from './handlers.ts';

const page = { url: 'https://docs.example.com/start', brand: 'Acme' };
const indexed = {
  outcome: 'indexed' as const,
  chunks: 1,
  links: { followed: 0, skipped: {} },
  timings: {},
};

/** Brands whose pages cannot be fetched for now. */
const broken = new Set<string>();
/** Runs of this brand end when its promise does, whatever has become of them. */
const held = new Map<string, PromiseWithResolvers<void>>();
const ran: string[] = [];

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
  gateway.work(
    'scraping',
    scraping({
      'scrape-page': async ({ url, brand }, { fence: { run } }) => {
        ran.push(`${brand} ${run}`);
        await held.get(`${brand} ${run}`)?.promise;
        if (broken.has(brand)) throw new TerminalError(`${url} is gone (404)`, { code: 'gone' });
        return { url, ...indexed };
      },
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function submit(brand: string): Promise<string> {
  const body = { kind: 'scrape-page', payload: { ...page, brand }, tags: [brand] };
  return String((await gateway.post('/v1/tasks', body)).body['id']);
}
const ended = async (id: string) => (await gateway.get(`/v1/tasks/${id}?waitMs=20000`)).body;
const retry = (id: string, body: object = {}) => gateway.post(`/v1/tasks/${id}/retry`, body);

async function failed(): Promise<{ id: string; brand: string }> {
  const brand = newId();
  broken.add(brand);
  const id = await submit(brand);
  expect(await ended(id)).toMatchObject({ state: 'failed', error: { code: 'gone' } });
  return { id, brand };
}

test('a failed task runs again as its next run, and keeps what its first run said', async () => {
  const { id, brand } = await failed();
  const again = await retry(id);
  expect(again.status).toBe(202);
  expect(again.body).toMatchObject({ id, run: 2, tags: [brand], maxAttempts: 4 });
  const { error } = (await ended(id)) as unknown as { error: { attempts: { run: number }[] } };
  expect(error.attempts.map(({ run }) => run)).toEqual([1, 2]);

  broken.delete(brand);
  const bare = await fetch(`${gateway.url}/v1/tasks/${id}/retry`, { method: 'POST' });
  expect(bare.status).toBe(202);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', run: 3, result: { url: page.url } });
});

test('its payload may be edited, and what does not fit is named', async () => {
  const { id } = await failed();
  const wrong = await retry(id, { payload: { url: page.url } });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(wrong.body['errors']).toContainEqual({ path: '/payload/brand', message: 'is required' });
  const inside = await retry(id, { payload: { ...page, url: 'http://10.0.0.1/' } });
  expect(inside.body).toMatchObject({ status: 400, code: 'url-not-allowed' });

  const brand = newId();
  expect((await retry(id, { payload: { ...page, brand } })).status).toBe(202);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', run: 2 });
  expect(ran).toContain(`${brand} 2`);
});

test('two retries at once begin one run', async () => {
  const { id, brand } = await failed();
  broken.delete(brand);
  const answers = await Promise.all([retry(id), retry(id), retry(id)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  expect(await ended(id)).toMatchObject({ state: 'succeeded', run: 2 });
  expect(ran.filter((one) => one.startsWith(brand))).toEqual([`${brand} 1`, `${brand} 2`]);
});

test('a task that is open or has succeeded is not retried, and an unknown one is 404', async () => {
  const brand = newId();
  held.set(`${brand} 1`, Promise.withResolvers());
  const id = await submit(brand);
  expect((await retry(id)).body).toMatchObject({ status: 409, code: 'task-not-failed' });
  held.get(`${brand} 1`)?.resolve();
  await ended(id);
  expect((await retry(id)).body).toMatchObject({ status: 409, code: 'task-not-failed' });
  expect((await retry(newId())).body).toMatchObject({ status: 404, code: 'task-not-found' });
});

test('a cancelled task runs again at once, and the end of its first run does not end the second', async () => {
  const brand = newId();
  const zombie = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  held.set(`${brand} 1`, zombie);
  held.set(`${brand} 2`, second);
  const id = await submit(brand);
  await vi.waitFor(() => expect(ran).toContain(`${brand} 1`), 10_000);
  await gateway.post(`/v1/tasks/${id}/cancel`, {});
  expect((await retry(id)).body).toMatchObject({ run: 2 });
  await vi.waitFor(() => expect(ran).toContain(`${brand} 2`), 10_000);

  const story = gateway.get(`/v1/tasks/${id}?waitMs=20000`);
  const events = gateway.get(`/v1/tasks/${id}/events`);
  // A worker that was cut off says late how its run ended.
  const at = new Date().toISOString();
  const late = { id, run: 1, category: 'scraping', kind: 'scrape-page', at, startedAt: at };
  const outcome = {
    ...late,
    type: 'failed',
    attempt: 1,
    worker: 'zombie',
    error: { code: 'x', message: 'y' },
  };
  await gateway.bus.publisher.publish('events.scraping', JSON.stringify([outcome]));
  zombie.resolve();
  await vi.waitFor(async () => {
    expect((await gateway.get(`/v1/tasks/${id}`)).body).toMatchObject({ run: 2, state: 'running' });
  }, 10_000);
  second.resolve();
  expect((await story).body).toMatchObject({ run: 2, state: 'succeeded' });
  const { text } = (await events).body as unknown as { text: string };
  expect(text).toMatch(/event: result\ndata: .*"state":"succeeded"/);
});
