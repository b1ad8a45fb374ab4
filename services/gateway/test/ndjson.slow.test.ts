import { tasks } from '@slipstream/contracts';
import { conduct, createRunWorkflow } from '@slipstream/flows';
import { createEventLog, openProjection } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag, unused } from './handlers.ts';

let gateway: TestGateway;
const stop = new AbortController();
const stack = new AsyncDisposableStack();
const asked: string[] = [];

beforeAll(async () => {
  gateway = stack.use(await startGateway());
  const { bus, dir } = gateway;
  const projection = stack.use(await openProjection(bus, { dir, name: 'conductor' }));
  const logger = createLogger('test', 'silent');
  const running = conduct(
    { bus, log: createEventLog(bus), projection, tasks, logger },
    stop.signal,
  );
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  gateway.work(
    'rag',
    rag({
      'search-knowledge': async ({ q, mode = 'hybrid' }) => {
        asked.push(q);
        return { hits: [], mode, timings: { length: q.length } };
      },
    }),
  );
  gateway.work('batch', { 'run-workflow': createRunWorkflow(bus), 'deliver-webhook': unused });
});
afterAll(() => stack.disposeAsync());

const ndjson = (path: string, lines: readonly unknown[], headers = {}) =>
  gateway.post(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    {
      'content-type': 'application/x-ndjson',
      ...headers,
    },
  );

const search = (q: unknown) => ({ kind: 'search-knowledge', payload: { q } });

async function exported(query: string) {
  const response = await fetch(`${gateway.url}/v1/tasks/export?${query}`);
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  const lines = (await response.text()).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as { id: string; result?: unknown; state: string });
}

test('an upload of nodes runs as one group, is shown with them, and is exported again', async () => {
  const texts = Array.from({ length: 2_500 }, (_, index) => `line ${index}`);
  const path = '/v1/workflows?name=upload&onFailure=continue&concurrency=200';
  const { status, body } = await ndjson(path, texts.map(search));
  expect(status).toBe(202);
  const id = String(body['id']);
  const { body: task } = await gateway.get(`/v1/tasks/${id}?waitMs=60000`);
  expect(task).toMatchObject({ state: 'succeeded', children: { total: 2_500, succeeded: 2_500 } });
  expect(asked.toSorted()).toEqual(texts.toSorted());

  const { body: workflow } = await gateway.get(`/v1/workflows/${id}`);
  expect(workflow).toMatchObject({ name: 'upload' });
  expect(Object.keys(workflow['nodes'] ?? {})).toHaveLength(2_500);

  const rows = await exported(`parentId=${id}&state=succeeded&results=true`);
  expect(new Set(rows.map((row) => row.id)).size).toBe(2_500);
  expect(rows[0]?.result).toMatchObject({ mode: 'hybrid' });
}, 90_000);

test('the same upload with the same key is the same workflow, another one is refused', async () => {
  const headers = { 'idempotency-key': 'upload-1' };
  const first = await ndjson('/v1/workflows', [search('once')], headers);
  const again = await ndjson('/v1/workflows', [search('once')], headers);
  expect([again.status, again.body['id']]).toEqual([202, first.body['id']]);
  const other = await ndjson('/v1/workflows', [search('twice')], headers);
  expect([other.status, other.body['code']]).toEqual([409, 'idempotency-key-reused']);
});

test('a list of URLs becomes a batch, and a line may name its own brand', async () => {
  const lines = ['https://docs.example/a', { url: 'https://docs.example/b', brand: 'Bravo' }];
  const { status, body } = await ndjson('/v1/documents/batch?brand=Acme', lines);
  expect(status).toBe(202);
  const { body: workflow } = await gateway.get(`/v1/workflows/${body['id']}`);
  expect(workflow['nodes']).toMatchObject({
    1: { kind: 'ingest-document' },
    2: { kind: 'ingest-document' },
  });
  await gateway.post(`/v1/workflows/${body['id']}/cancel`, {});
});

test.each([
  ['no JSON', '/v1/workflows', [search('a'), '', '{"kind":'], '/lines/3'],
  ['no kind', '/v1/workflows', [search('a'), { kind: 'brew', payload: {} }], '/lines/2/kind'],
  ['a bad payload', '/v1/workflows', [search('a'), search(7)], '/lines/2/payload/q'],
  ['an unknown field', '/v1/workflows', [{ ...search('a'), after: ['1'] }], '/lines/1'],
  ['another result', '/v1/workflows', [search({ $result: '1' })], '/lines/1'],
  ['a private address', '/v1/scrapes/batch?brand=a', ['http://127.0.0.1/x'], '/lines/1'],
  ['no brand', '/v1/documents/batch', ['https://docs.example/a'], '/lines/1/brand'],
  ['nothing', '/v1/workflows', [], '/lines/1'],
])('a line with %s refuses the upload, and the error names it', async (_what, path, lines, at) => {
  const { status, body } = await ndjson(path, lines);
  expect([status, body['errors']]).toMatchObject([400, [{ path: at }]]);
});

test('a route that takes JSON only says so', async () => {
  const { status, body } = await ndjson('/v1/tasks', [search('a')]);
  expect([status, body['code']]).toEqual([415, 'unsupported-media-type']);
});
