import { TerminalError } from '@slipstream/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';
import { rag, scraping } from './handlers.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('before anything has ended there is nothing to tell', async () => {
  const { body } = await gateway.get('/v1/stats');
  expect(body).toMatchObject({ window: '1h', succeeded: 0, successRate: null, kinds: [] });
});

test('success rate, waits and runs are told per kind', async () => {
  gateway.work('rag', rag());
  gateway.work(
    'scraping',
    scraping({
      'scrape-page': async ({ url, brand }) => {
        if (brand === 'broken') throw new TerminalError('no');
        const links = { followed: 0, skipped: {} };
        return { url, outcome: 'indexed', chunks: 1, links, timings: {} };
      },
    }),
  );
  const url = 'https://docs.example.com/';
  for (const brand of ['fine', 'broken', 'fine', 'fine']) {
    const task = { kind: 'scrape-page', payload: { url, brand } };
    const { body } = await gateway.post('/v1/tasks', task);
    await gateway.get(`/v1/tasks/${body['id']}?waitMs=20000`);
  }
  await gateway.post('/v1/queries', { question: 'why?' });
  const { body } = await gateway.get('/v1/stats?window=5m');
  expect(body).toMatchObject({ window: '5m', succeeded: 4, failed: 1, successRate: 0.8 });
  const percentiles = { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) };
  expect(body['kinds']).toEqual([
    expect.objectContaining({ kind: 'answer-question', category: 'rag', successRate: 1 }),
    {
      kind: 'scrape-page',
      category: 'scraping',
      succeeded: 3,
      failed: 1,
      cancelled: 0,
      successRate: 0.75,
      waitMs: percentiles,
      runMs: percentiles,
    },
  ]);
});

test('another window is refused', async () => {
  const { status, body } = await gateway.get('/v1/stats?window=2h');
  expect([status, body['code']]).toEqual([400, 'invalid-request']);
});
