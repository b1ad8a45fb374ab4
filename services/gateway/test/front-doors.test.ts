import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { embedding, rag } from './handlers.ts';
import { readEvents } from './read-events.ts';

let gateway: TestGateway;
const searches: object[] = [];
beforeAll(async () => {
  gateway = await startGateway({ SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1:8081' });
  gateway.work('embedding', embedding());
  gateway.work(
    'rag',
    rag({
      'search-knowledge': async (payload, context) => {
        searches.push(payload);
        return rag()['search-knowledge'](payload, context);
      },
      'answer-question': async (payload, context) => {
        if (payload.question === 'Fail!') throw new Error('the model is gone');
        if (payload.question === 'Sleep!') {
          await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
        }
        return rag()['answer-question'](payload, context);
      },
    }),
  );
});
afterAll(() => gateway[Symbol.asyncDispose]());

const scrape = { url: 'https://docs.example.com/guide/', brand: 'Acme' };

describe('POST /v1/scrapes', () => {
  test('a page is a task of kind scrape-page, a site one of kind scrape-site', async () => {
    const page = await gateway.post('/v1/scrapes', scrape);
    expect(page.status).toBe(202);
    expect(page.headers.get('location')).toBe(`/v1/tasks/${page.body['id']}`);
    expect(page.body).toMatchObject({ kind: 'scrape-page', state: 'queued' });
    const selectors = { main: '#text', remove: ['.ad'] };
    const chosen = { include: ['/guide/**'], render: 'never', selectors };
    const limits = { maxPages: 10, maxDepth: 2, ...chosen };
    const site = await gateway.post('/v1/scrapes', { ...scrape, mode: 'site', ...limits });
    expect(site.body).toMatchObject({ kind: 'scrape-site', priority: 'high' });
    const stored = await gateway.bus.manager.streams.getMessage('TASKS_SCRAPING', {
      last_by_subj: `tasks.scraping.high.${site.body['id']}`,
    });
    expect(stored?.json()).toMatchObject({ payload: { ...scrape, ...limits } });
  });

  test.each([
    'http://127.0.0.1/',
    'http://localhost:8080/',
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f.1/',
    'http://2130706433/',
    'http://127.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://localhost./',
    'http://１２７.0.0.1/',
    'ftp://docs.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:secret@docs.example.com/',
  ])('%s is not allowed', async (url) => {
    const { status, body } = await gateway.post('/v1/scrapes', { ...scrape, url });
    expect([status, body['code']]).toEqual([400, 'url-not-allowed']);
    expect(body['errors']).toEqual([{ path: '/url', message: expect.any(String) }]);
  });

  test('an address on the allow list is taken', async () => {
    const url = 'http://127.0.0.1:8081/index.html';
    expect((await gateway.post('/v1/scrapes', { ...scrape, url })).status).toBe(202);
  });

  test.each([
    [{ url: 'not a url' }, '/url'],
    [{ url: undefined }, '/url'],
    [{ brand: ' ' }, '/brand'],
    [{ mode: 'all' }, '/mode'],
    [{ selectors: { main: 'p:not(' } }, '/selectors/main'],
    [{ selectors: { remove: ['.ad', 'div['] } }, '/selectors/remove/1'],
    [{ selectors: { main: '' } }, '/selectors/main'],
    [{ maxPages: 0, mode: 'site' }, '/maxPages'],
    [{ include: ['/a/**'] }, '/include'],
    [{ depth: 3 }, '/depth'],
  ])('%j is refused with the path', async (change, path) => {
    const { status, body } = await gateway.post('/v1/scrapes', { ...scrape, ...change });
    expect([status, body['code']]).toEqual([400, 'invalid-request']);
    expect(body['errors']).toContainEqual({ path, message: expect.any(String) });
  });
});

describe('POST /v1/queries', () => {
  test('waits for the answer and gives it with its task', async () => {
    const { status, body } = await gateway.post('/v1/queries', { question: 'Which?', brand: 'B' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      outcome: 'answered',
      answer: 'Which?',
      citations: [{ quote: 'Which?', heading: 'B' }],
    });
    const { body: task } = await gateway.get(`/v1/tasks/${body['taskId']}`);
    expect(task).toMatchObject({ kind: 'answer-question', priority: 'critical' });
    expect(task['result']).toMatchObject({ answer: 'Which?' });
  });

  test('is 202 with the task when waitMs ends first', async () => {
    const { status, body } = await gateway.post('/v1/queries', { question: 'Sleep!', waitMs: 100 });
    expect(status).toBe(202);
    expect(body['state']).toMatch(/queued|running/);
    await gateway.post(`/v1/tasks/${body['id']}/cancel`, {});
  });

  test('streams citations, tokens and the whole answer', async () => {
    const events = await readEvents(`${gateway.url}/v1/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ question: 'Word by word' }),
    });
    expect(events.map(({ event }) => event)).toEqual([
      'citations',
      'token',
      'token',
      'token',
      'done',
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      answer: 'Word by word',
      taskId: expect.any(String),
    });
  });

  test('a question that fails is a problem that names its task', async () => {
    const { status, body } = await gateway.post('/v1/queries', { question: 'Fail!' });
    expect([status, body['code']]).toEqual([502, 'task-failed']);
    expect(body['detail']).toMatch(/^Task [0-9a-f-]{36} has no result: error: .*model is gone/);
  });

  test.each([
    [{ question: '' }, '/question'],
    [{ question: '   ' }, '/question'],
    [{ question: 7 }, '/question'],
    [{}, '/question'],
    [{ question: 'x', history: [{ role: 'king', text: '' }] }, '/history/0/role'],
    [{ question: 'x', limit: 1_000 }, '/limit'],
    [{ question: 'x', waitMs: 60_001 }, '/waitMs'],
    [{ question: 'x', stream: true }, '/stream'],
  ])('%j is refused with the path', async (body, path) => {
    const answer = await gateway.post('/v1/queries', body);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
    expect(answer.body['errors']).toContainEqual({ path, message: expect.any(String) });
  });
});

test('POST /v1/embeddings answers with vectors', async () => {
  const { status, body } = await gateway.post('/v1/embeddings', { texts: ['a', 'bcd'] });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    vectors: [
      [1, 0],
      [3, 0],
    ],
    dimensions: 2,
    embedder: 'length',
  });
  const none = await gateway.post('/v1/embeddings', { texts: [] });
  expect(none.body['errors']).toContainEqual({ path: '/texts', message: expect.any(String) });
});

test('GET /v1/search ranks chunks', async () => {
  const { status, body } = await gateway.get('/v1/search?q=loop&mode=keyword&limit=3');
  expect(status).toBe(200);
  expect(body).toMatchObject({ mode: 'keyword', hits: [{ text: 'loop' }] });
  for (const query of [
    '',
    'q=',
    'q=%20',
    'q=x&mode=best',
    'q=x&limit=0',
    'q=x&since=y',
    'q=x&expand=all',
  ]) {
    expect((await gateway.get(`/v1/search?${query}`)).status).toBe(400);
  }
});

test('a search is limited by source and date, and asks for what stands around its hits', async () => {
  const since = '2026-11-01T00:00:00Z';
  const query = `q=loop&brand=Acme&source=https://docs.example&since=${since}&expand=section`;
  const { body } = await gateway.get(`/v1/search?${query}`);
  const stored = await gateway.get(`/v1/tasks/${body['taskId']}`);
  expect(stored.body).toMatchObject({ kind: 'search-knowledge', state: 'succeeded' });
  expect(searches.at(-1)).toMatchObject({
    brand: 'Acme',
    filters: { source: 'https://docs.example', since },
    expand: 'section',
  });
});
