import { newId } from '@slipstream/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { scraping } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const page = { url: 'https://docs.example.com/start', brand: 'Acme' };
const submit = (body: object = {}, headers?: Record<string, string>) =>
  gateway.post('/v1/tasks', { kind: 'scrape-page', payload: page, ...body }, headers);

describe('POST /v1/tasks', () => {
  test('answers 202 with the task and where it is, in the trace of the request', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { status, headers, body } = await submit(
      { priority: 'bulk', tags: ['a', 'b'], maxAttempts: 2 },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-00` },
    );
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/tasks/${body['id']}`);
    expect(headers.get('x-trace-id')).toBe(traceId);
    expect(body).toMatchObject({
      kind: 'scrape-page',
      category: 'scraping',
      state: 'queued',
      priority: 'bulk',
      tags: ['a', 'b'],
      attempt: 0,
      maxAttempts: 2,
      traceId,
    });
    expect((await gateway.get(`/v1/tasks/${body['id']}`)).body).toEqual(body);
  });

  test('with delayMs or runAt it is scheduled', async () => {
    const delayed = await submit({ delayMs: 60_000 });
    expect(delayed.body).toMatchObject({ state: 'scheduled', runAt: expect.any(String) });
    const runAt = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await submit({ runAt });
    expect((await gateway.get(`/v1/tasks/${body['id']}`)).body).toMatchObject({
      state: 'scheduled',
      runAt,
    });
  });

  test.each([
    ['an unknown kind', { kind: 'make-coffee' }, 'unknown-kind', '/kind'],
    ['a kind that is a property of objects', { kind: 'constructor' }, 'unknown-kind', '/kind'],
    ['a payload of another type', { payload: 'x' }, 'invalid-request', '/payload'],
    ['no payload', { payload: undefined }, 'invalid-request', '/payload'],
    [
      'a field of another type',
      { payload: { ...page, brand: 7 } },
      'invalid-request',
      '/payload/brand',
    ],
    [
      'an unknown field in the payload',
      { payload: { ...page, x: 1 } },
      'invalid-request',
      '/payload/x',
    ],
    ['an unknown field beside the payload', { colour: 'red' }, 'invalid-request', '/colour'],
    ['an unknown priority', { priority: 'urgent' }, 'invalid-request', '/priority'],
    ['a negative delay', { delayMs: -1 }, 'invalid-request', '/delayMs'],
    ['a time that is none', { runAt: 'tomorrow' }, 'invalid-request', '/runAt'],
    ['two times', { runAt: '2030-01-01T00:00:00Z', delayMs: 5 }, 'invalid-request', '/delayMs'],
    ['no attempts', { maxAttempts: 0 }, 'invalid-request', '/maxAttempts'],
    [
      'a private address',
      { payload: { ...page, url: 'http://10.0.0.1/' } },
      'url-not-allowed',
      '/payload/url',
    ],
    [
      'another protocol',
      { payload: { ...page, url: 'file:///etc/passwd' } },
      'url-not-allowed',
      '/payload/url',
    ],
  ])('%s is refused with the path', async (_what, body, code, path) => {
    const answer = await submit(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ code, status: 400, traceId: expect.any(String) });
    expect(answer.body['errors']).toContainEqual({ path, message: expect.any(String) });
  });

  test('an unknown kind is told which ones there are', async () => {
    const { body } = await submit({ kind: 'make-coffee' });
    expect(body['detail']).toContain('scrape-page');
  });

  test('broken JSON is 400 and JSON over its limit 413', async () => {
    expect((await gateway.post('/v1/tasks', '{"kind":')).body).toMatchObject({
      status: 400,
      code: 'invalid-json',
    });
    const large = await submit({ payload: { ...page, brand: 'x'.repeat(1 << 20) } });
    expect(large.body).toMatchObject({ status: 413, code: 'payload-too-large' });
  });
});

describe('GET /v1/tasks', () => {
  test('is filtered, newest first, and read page by page', async () => {
    const tag = newId();
    const ids: unknown[] = [];
    for (let i = 0; i < 5; i++) ids.unshift((await submit({ tags: [tag] })).body['id']);

    const seen: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await gateway.get(`/v1/tasks?tag=${tag}&limit=2${cursor}`);
      const items = body['items'] as unknown as { id: string }[];
      seen.push(...items.map(({ id }) => id));
      cursor = `&cursor=${body['nextCursor']}`;
    }
    expect(seen).toEqual(ids);
    expect(cursor).toBe('&cursor=null');
    const other = await gateway.get(`/v1/tasks?tag=${tag}&state=failed`);
    expect(other.body).toEqual({ items: [], nextCursor: null });
  });

  test.each([
    ['limit=501', '/query/limit'],
    ['limit=0', '/query/limit'],
    ['state=lost', '/query/state'],
    ['cursor=abc', '/query/cursor'],
    ['colour=red', '/query/colour'],
  ])('?%s is refused with the path', async (query, path) => {
    const { status, body } = await gateway.get(`/v1/tasks?${query}`);
    expect(status).toBe(400);
    expect(body['errors']).toContainEqual({ path, message: expect.any(String) });
  });
});

describe('GET /v1/tasks/{id}', () => {
  test('an unknown id is 404, whatever it looks like', async () => {
    for (const id of [newId(), 'nonsense', '%F0%9F%92%A9', "';--"]) {
      const { status, body } = await gateway.get(`/v1/tasks/${id}`);
      expect([status, body['code']]).toEqual([404, 'task-not-found']);
    }
  });

  test('waitMs answers when it ends first, with the task as it is', async () => {
    const { body } = await submit();
    const since = performance.now();
    const waited = await gateway.get(`/v1/tasks/${body['id']}?waitMs=150`);
    expect(performance.now() - since).toBeGreaterThanOrEqual(145);
    expect(waited.body).toMatchObject({ state: 'queued' });
  });

  test('waitMs has an upper bound', async () => {
    const { status } = await gateway.get(`/v1/tasks/${newId()}?waitMs=60001`);
    expect(status).toBe(400);
  });
});

describe('POST /v1/tasks/{id}/cancel', () => {
  test('a queued task never runs', async () => {
    const { body } = await submit({ delayMs: 0, priority: 'low' });
    const cancelled = await gateway.post(`/v1/tasks/${body['id']}/cancel`, {});
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    const left = await gateway.bus.manager.streams.getMessage('TASKS_SCRAPING', {
      last_by_subj: `tasks.scraping.low.${body['id']}`,
    });
    expect(left).toBeNull();

    const again = await gateway.post(`/v1/tasks/${body['id']}/cancel`, {});
    expect(again.body).toMatchObject({ status: 409, code: 'task-final' });
  });

  test('a scheduled task never comes due', async () => {
    const { body } = await submit({ delayMs: 3_600_000 });
    await gateway.post(`/v1/tasks/${body['id']}/cancel`, {});
    const left = await gateway.bus.manager.streams.getMessage('SCHED', {
      last_by_subj: `sched.scraping.${body['id']}`,
    });
    expect(left).toBeNull();
  });

  test('an unknown task is 404', async () => {
    expect((await gateway.post(`/v1/tasks/${newId()}/cancel`, {})).status).toBe(404);
  });
});

test('a task runs: waiting ends with its result, and a running one can be cancelled', async () => {
  const running = Promise.withResolvers<AbortSignal>();
  gateway.work(
    'scraping',
    scraping({
      'scrape-page': async ({ url, brand }, { signal }) => {
        if (brand === 'endless') {
          running.resolve(signal);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        }
        return {
          url,
          outcome: 'indexed',
          chunks: 1,
          links: { followed: 0, skipped: {} },
          timings: {},
        };
      },
    }),
  );
  const short = await submit({ priority: 'critical' });
  const ended = await gateway.get(`/v1/tasks/${short.body['id']}?waitMs=10000`);
  expect(ended.body).toMatchObject({
    state: 'succeeded',
    priority: 'critical',
    attempt: 1,
    result: { url: page.url, outcome: 'indexed' },
    worker: 'test-scraping',
    timings: { waitMs: expect.any(Number), runMs: expect.any(Number) },
  });

  const endless = await submit({ payload: { ...page, brand: 'endless' }, priority: 'critical' });
  const signal = await running.promise;
  const waiting = gateway.get(`/v1/tasks/${endless.body['id']}?waitMs=10000`);
  await gateway.post(`/v1/tasks/${endless.body['id']}/cancel`, {});
  expect(signal.aborted).toBe(true);
  expect((await waiting).body).toMatchObject({ state: 'cancelled' });
});
