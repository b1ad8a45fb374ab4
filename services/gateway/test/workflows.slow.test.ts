import { TerminalError, tasks } from '@slipstream/contracts';
import { conduct, createRunWorkflow } from '@slipstream/flows';
import { createEventLog, openProjection } from '@slipstream/tasklog';
import { createLogger } from '@slipstream/telemetry';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { embedding, rag, unused } from './handlers.ts';

let gateway: TestGateway;
const stop = new AbortController();
const stack = new AsyncDisposableStack();
const asked: string[] = [];
let sick = true;

beforeAll(async () => {
  gateway = stack.use(await startGateway());
  const { bus, dir } = gateway;
  const projection = stack.use(await openProjection(bus, { dir, name: 'conductor' }));
  const logger = createLogger('test', 'silent');
  const log = createEventLog(bus);
  const running = conduct({ bus, log, projection, tasks, logger }, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await running;
  });
  gateway.work('embedding', embedding());
  gateway.work(
    'rag',
    rag({
      'search-knowledge': async ({ q, mode = 'hybrid' }) => {
        if (q === 'fail' || (q === 'sick' && sick)) throw new TerminalError('as told');
        asked.push(q);
        return { hits: [], mode, timings: { length: q.length } };
      },
    }),
  );
  gateway.work('batch', { 'run-workflow': createRunWorkflow(bus), 'deliver-webhook': unused });
});
afterAll(() => stack.disposeAsync());

const search = (q: unknown, more: object = {}) => ({
  kind: 'search-knowledge',
  payload: { q },
  ...more,
});

/** An object that spells `then` out looks like a promise. */
const chord = (group: unknown, join: unknown): unknown =>
  Object.fromEntries([
    ['group', group],
    ['then', join],
  ]);

async function run(body: object) {
  const { status, body: accepted } = await gateway.post('/v1/workflows', body);
  expect(status).toBe(202);
  const id = String(accepted['id']);
  await vi.waitFor(
    async () => {
      const { body: now } = await gateway.get(`/v1/workflows/${id}`);
      expect(['succeeded', 'failed', 'cancelled']).toContain(now['state']);
    },
    { timeout: 20_000 },
  );
  return (await gateway.get(`/v1/workflows/${id}`)).body;
}

test('a chain runs in order, and a result goes into a later payload', async () => {
  asked.length = 0;
  const workflow = await run({
    name: 'three',
    chain: [search('first'), search({ $result: '1', path: '/mode' }), search('last')],
  });
  expect(workflow).toMatchObject({ name: 'three', state: 'succeeded', counts: { succeeded: 3 } });
  expect(asked).toEqual(['first', 'hybrid', 'last']);
  const { body: node } = await gateway.get(`/v1/tasks/${workflow['nodes']?.['1']?.['taskId']}`);
  expect(node).toMatchObject({ parentId: workflow['id'], workflowId: workflow['id'] });
  const { body: whole } = await gateway.get(`/v1/tasks/${workflow['id']}`);
  expect(whole['workflowId']).toBeUndefined();
});

test('a diamond joins after both of its arms', async () => {
  asked.length = 0;
  const { state, nodes } = await run({
    nodes: {
      join: search('join', { after: ['left', 'right'] }),
      left: search('left', { after: ['top'] }),
      right: search('right', { after: ['top'] }),
      top: search('top'),
    },
  });
  expect(state).toBe('succeeded');
  expect(nodes).toMatchObject({ join: { state: 'succeeded' }, top: { state: 'succeeded' } });
  expect(asked[0]).toBe('top');
  expect(asked.at(-1)).toBe('join');
});

test('the join of a chord gets the results of the whole group, in order', async () => {
  asked.length = 0;
  const items = Array.from({ length: 60 }, (_, index) => ({ q: `member ${index}` }));
  const { id, state } = await run({
    chord: chord(
      { template: search('-'), items },
      { kind: 'embed-texts', payload: { texts: ['joined'] } },
    ),
  });
  expect(state).toBe('succeeded');
  expect(asked).toHaveLength(60);
  const joined = await run({
    chord: chord([search('one'), search('two')], search({ $result: 'group', path: '/1/mode' })),
  });
  expect(joined['state']).toBe('succeeded');
  expect(asked.at(-1)).toBe('hybrid');
  expect(id).not.toBe(joined['id']);
});

test('with onFailure stop nothing starts after a failure, and what never ran is skipped', async () => {
  const { state, nodes, counts, error } = await run({
    chain: [search('before'), search('fail'), search('never')],
  });
  expect(state).toBe('failed');
  expect(counts).toMatchObject({ succeeded: 1, failed: 1, skipped: 1 });
  expect(nodes).toMatchObject({ 3: { state: 'skipped' } });
  expect(error).toMatchObject({ code: 'children-failed' });
});

test('with onFailure continue what does not depend on the failure goes on', async () => {
  asked.length = 0;
  const { state, nodes } = await run({
    onFailure: 'continue',
    nodes: {
      bad: search('fail'),
      after: search('never', { after: ['bad'] }),
      good: search('good'),
    },
  });
  expect(state).toBe('succeeded');
  expect(nodes).toMatchObject({ bad: { state: 'failed' }, after: { state: 'skipped' } });
  expect(asked).toEqual(['good']);
});

test('no more nodes are queued at once than the workflow allows', async () => {
  const { state, counts } = await run({
    concurrency: 2,
    group: Array.from({ length: 9 }, (_, index) => search(`narrow ${index}`)),
  });
  expect([state, counts]).toMatchObject(['succeeded', { succeeded: 9 }]);
});

test('a workflow may be a node of another, which goes on when it has ended', async () => {
  asked.length = 0;
  const inner = {
    nodes: { one: search('inner one'), two: search('inner two', { after: ['one'] }) },
  };
  const { state, nodes, progress } = await run({
    nodes: {
      inner: { kind: 'run-workflow', payload: inner },
      last: search('after all of it', { after: ['inner'] }),
    },
  });
  expect([state, progress]).toMatchObject(['succeeded', { done: 2, total: 2 }]);
  expect(asked).toEqual(['inner one', 'inner two', 'after all of it']);
  const { body: below } = await gateway.get(`/v1/workflows/${nodes?.['inner']?.['taskId']}`);
  expect(below).toMatchObject({ state: 'succeeded', counts: { total: 2, succeeded: 2 } });
});

test('the progress of a batch goes up while it runs', async () => {
  const items = Array.from({ length: 300 }, (_, index) => ({ q: `step ${index}` }));
  const { body } = await gateway.post('/v1/workflows', {
    concurrency: 1,
    group: { template: search('-'), items },
  });
  const seen = new Set<number>();
  await vi.waitFor(
    async () => {
      const { body: now } = await gateway.get(`/v1/workflows/${body['id']}?nodes=false`);
      if (now['progress']) seen.add(Number(now['progress']['done']));
      expect(now['state']).toBe('succeeded');
    },
    { timeout: 60_000, interval: 20 },
  );
  expect([...seen]).toEqual([...seen].toSorted((a, b) => a - b));
  expect(seen.has(300)).toBe(true);
  expect(seen.size).toBeGreaterThan(2);
}, 90_000);

test('a cancelled workflow cancels its nodes', async () => {
  const { body } = await gateway.post('/v1/workflows', {
    group: [{ kind: 'ingest-document', payload: { brand: 'a', url: 'https://docs.example/a' } }],
  });
  const id = String(body['id']);
  const children = () => gateway.get(`/v1/tasks?parentId=${id}`);
  await vi.waitFor(async () => expect((await children()).body['items']).toHaveLength(1), 10_000);
  const { status } = await gateway.post(`/v1/workflows/${id}/cancel`, {});
  expect(status).toBe(200);
  await vi.waitFor(
    async () => expect((await children()).body['items']).toMatchObject([{ state: 'cancelled' }]),
    10_000,
  );
});

test.each([
  ['no form', {}, '/nodes'],
  ['two forms', { chain: [search('a')], group: [search('a')] }, '/group'],
  ['an unknown kind', { nodes: { a: { kind: 'brew', payload: {} } } }, '/nodes/a/kind'],
  ['a bad payload', { chain: [search('a'), search(7)] }, '/chain/1/payload/q'],
  ['an unknown node', { nodes: { a: search('a', { after: ['b'] }) } }, '/nodes/a/after/0'],
  ['an unknown result', { nodes: { a: search({ $result: 'b' }) } }, '/nodes/a/payload'],
  ['a ring', { nodes: { a: search('a', { after: ['a'] }) } }, '/nodes/a/after'],
])('%s is refused, and the error names the place', async (_what, body, path) => {
  const answer = await gateway.post('/v1/workflows', body);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ path }]);
});

test('the id of a task that is no workflow is not found', async () => {
  const { body } = await gateway.post('/v1/tasks', search('alone'));
  const { status, body: problem } = await gateway.get(`/v1/workflows/${body['id']}`);
  expect([status, problem['code']]).toEqual([404, 'workflow-not-found']);
});

test('workflows are listed by name', async () => {
  const { body } = await gateway.get('/v1/workflows?name=three');
  expect(body['items']).toMatchObject([{ name: 'three', state: 'succeeded' }]);
});

test('texts in bulk become nodes of a batch each', async () => {
  const texts = Array.from({ length: 10 }, (_, index) => 'x'.repeat(index + 1));
  const { status, body } = await gateway.post('/v1/embeddings/batch', { texts, batchSize: 4 });
  expect(status).toBe(202);
  const path = `/v1/tasks/${body['id']}?waitMs=20000`;
  const { body: task } = await gateway.get(path);
  expect(task).toMatchObject({ state: 'succeeded', children: { total: 3, succeeded: 3 } });
});

test('a batch of pages names the URL that may not be fetched, and accepts none', async () => {
  const urls = ['https://docs.example/a', 'http://127.0.0.1/admin'];
  const { status, body } = await gateway.post('/v1/scrapes/batch', { urls, brand: 'a' });
  expect([status, body['code']]).toEqual([400, 'url-not-allowed']);
  expect(body['errors']).toMatchObject([{ path: '/urls/1' }]);
});

test('a workflow that is retried runs what failed and what never ran, and nothing twice', async () => {
  asked.length = 0;
  const { id, state } = await run({ chain: [search('well'), search('sick'), search('last')] });
  expect(state).toBe('failed');
  sick = false;
  const { status } = await gateway.post(`/v1/workflows/${id}/retry`, {});
  expect(status).toBe(202);
  await vi.waitFor(async () => {
    const { body: now } = await gateway.get(`/v1/workflows/${id}`);
    expect(now).toMatchObject({ run: 2, state: 'succeeded', counts: { succeeded: 3 } });
  }, 10_000);
  expect(asked).toEqual(['well', 'sick', 'last']);
});
