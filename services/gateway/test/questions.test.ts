import { type Asked, addTallies, noteAsked } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from './gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  const prices = { 'gpt-x': { prompt: 0.15, completion: 0.6 }, embed: { prompt: 0.02 } };
  gateway = await startGateway({ SLIPSTREAM_MODEL_PRICES: JSON.stringify(prices) });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('cache hits, and tokens and cost per brand and model, are part of the statistics', async () => {
  const usage = (brand: string, what: string, prompt: number, completion: number) => [
    { brand, what, measure: 'calls' as const, count: 1 },
    { brand, what, measure: 'prompt' as const, count: prompt },
    { brand, what, measure: 'completion' as const, count: completion },
  ];
  const cache = (brand: string | undefined, what: string, count: number) => ({
    brand,
    what,
    measure: 'cache' as const,
    count,
  });
  await addTallies(gateway.bus, [
    ...usage('Acme', 'gpt-x', 1_000_000, 500_000),
    ...usage('Acme', 'embed', 50, 0),
    ...usage('Beta', 'llama', 7, 3),
    cache('Acme', 'exact', 6),
    cache('Acme', 'near', 1),
    cache('Acme', 'miss', 1),
    cache(undefined, 'miss', 2),
  ]);
  await addTallies(gateway.bus, usage('Acme', 'gpt-x', 1_000_000, 0));
  const { body } = await gateway.get('/v1/stats?window=5m');
  expect(body['answerCache']).toMatchObject({ exact: 6, near: 1, misses: 3, hitRate: 0.7 });
  expect(body['answerCache']?.['brands']).toEqual(
    expect.arrayContaining([
      { brand: 'Acme', exact: 6, near: 1, misses: 1, hitRate: 0.875 },
      { brand: null, exact: 0, near: 0, misses: 2, hitRate: 0 },
    ]),
  );
  const tokens = (promptTokens: number, completionTokens: number) => ({
    promptTokens,
    completionTokens,
  });
  expect(body['modelUsage']).toHaveLength(3);
  expect(body['modelUsage']).toEqual(
    expect.arrayContaining([
      { brand: 'Acme', model: 'gpt-x', calls: 2, ...tokens(2_000_000, 500_000), cost: 0.6 },
      { brand: 'Acme', model: 'embed', calls: 1, ...tokens(50, 0), cost: 0.000_001 },
      { brand: 'Beta', model: 'llama', calls: 1, ...tokens(7, 3), cost: null },
    ]),
  );
});

test('prices that are none are named at the start', async () => {
  const start = startGateway({ SLIPSTREAM_MODEL_PRICES: '{"gpt-x": 3}' });
  await expect(start).rejects.toThrow('SLIPSTREAM_MODEL_PRICES is not as');
});

test('what was not answered is told in groups, most asked first, of one brand or of all', async () => {
  const passages = [{ url: 'https://docs.example/power', title: 'Power', score: 0.4 }];
  const asked = (question: string, more: Partial<Asked> = {}) =>
    noteAsked(gateway.bus, {
      brand: 'Acme',
      question,
      outcome: 'no-answer',
      confidence: 0.1,
      at: new Date().toISOString(),
      ...more,
    });
  await asked('Does the Tarn 4 work with an iPad?', { at: '2026-11-25T10:00:00.000Z' });
  await asked('does the tarn 4 work with an ipad', {
    outcome: 'low-confidence',
    confidence: 0.35,
    passages,
  });
  await asked('Will the Tarn 4 work with my iPad?', { at: '2026-11-25T12:00:00.000Z' });
  await asked('Does the Tarn 8 work with an iPad?');
  await asked('Which colours are there?', { brand: 'Beta' });
  await asked('How is it charged?', { outcome: 'answered', confidence: 0.9 });

  const { body } = await gateway.get('/v1/coverage-gaps?brand=Acme');
  const items = body['items'] as unknown as object[];
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject({ brand: 'Acme', count: 3, unanswered: 2, bestConfidence: 0.35 });
  expect(items[0]).toMatchObject({ firstAsked: '2026-11-25T10:00:00.000Z', passages });
  expect(items[1]).toMatchObject({ question: 'Does the Tarn 8 work with an iPad?', count: 1 });

  const all = await gateway.get('/v1/coverage-gaps');
  expect(all.body['items']).toHaveLength(3);
  const first = await gateway.get('/v1/coverage-gaps?limit=1');
  expect(first.body['items']).toHaveLength(1);
  const later = new Date(Date.now() + 60_000).toISOString();
  const none = await gateway.get(`/v1/coverage-gaps?since=${later}`);
  expect(none.body).toEqual({ items: [], nextCursor: null });
});
