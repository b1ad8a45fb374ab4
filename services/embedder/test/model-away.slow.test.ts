import { join } from 'node:path';
import { type Chunk, tasks } from '@slipstream/contracts';
import { queueCounts } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { breakers } from '@slipstream/resilience';
import { submit, taskView } from '@slipstream/tasklog';
import { cut, failure, type OpenAiServer, startOpenAiServer, vectors } from '@slipstream/testing';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

const PAGES = 20;
const brand = 'Quillmere';

let engine: Engine;
let model: OpenAiServer;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  model = await startOpenAiServer(vectors(3));
  service = await startService(
    readConfig({
      ...engine.env,
      SLIPSTREAM_EMBEDDER: 'openai-compatible',
      SLIPSTREAM_EMBEDDER_URL: model.baseUrl,
      SLIPSTREAM_EMBEDDER_MODEL: 'three',
      SLIPSTREAM_EMBEDDER_DIMENSIONS: '3',
      SLIPSTREAM_EMBEDDING_SLOTS: '3',
      SLIPSTREAM_MODEL_OPEN_MS: '4000',
    }),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const breaker = () =>
  breakers.breakerStates().find(({ endpoint }) => endpoint.startsWith(model.baseUrl));

const chunkOf = (docId: string): Chunk => ({
  id: docId.padEnd(32, '0'),
  brand,
  source: 'https://docs.example',
  docId,
  url: `https://docs.example/${docId}`,
  title: 'Reset',
  headingPath: [],
  ordinal: 0,
  text: `How to reset ${docId}.`,
  fetchedAt: '2026-11-01T00:00:00.000Z',
});

const embed = async (docId: string): Promise<string> => {
  const definition = tasks['embed-chunks'];
  const { task } = await submit(engine.bus, engine.log, { definition, payload: { brand, docId } });
  return task.id;
};

test('while the model is away its tasks wait in the queue, and all end on their first attempt when it is back', async () => {
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  const ids = Array.from({ length: PAGES }, (_, nth) => `page${nth}`);
  await store.writeDocuments(ids.map((docId) => ({ brand, docId, chunks: [chunkOf(docId)] })));

  model.answer(failure(503, 'overloaded'), cut, failure(500, 'crashed'), cut, failure(502, 'no'));
  const sent = await Promise.all(ids.map(embed));
  await vi.waitFor(async () => {
    expect(breaker()?.state).toBe('open');
    const [pool] = (await engine.bus.connection.request('slipstream.embedder.status', '')).json<
      { inHand: number }[]
    >();
    expect(pool?.inHand).toBe(0);
    const counts = await queueCounts(engine.bus, 'embedding');
    // Three slots have tried; the others were never taken out.
    expect(counts.reduce((sum, { waiting }) => sum + waiting, 0)).toBeGreaterThanOrEqual(PAGES - 6);
  }, 20_000);
  expect(model.seen.length).toBeLessThan(PAGES);

  model.answer(vectors(3));
  const ended = await Promise.all(sent.map(async (id) => taskView(await engine.reaches(id))));
  expect(ended.map(({ state, attempt }) => [state, attempt])).toEqual(
    Array(PAGES).fill(['succeeded', 1]),
  );
  expect((await store.stats()).vectors).toEqual({ 'three@3': PAGES });
  expect(breaker()).toMatchObject({ state: 'closed', failures: 0 });
}, 60_000);

test('a server that limits its rate more often than a task has attempts costs it none', async () => {
  const maxAttempts = 3;
  const limited = failure(429, 'slow down', { 'retry-after-ms': '2100' });
  model.answer(...Array(maxAttempts + 1).fill(limited), vectors(3));
  const definition = tasks['embed-texts'];
  const payload = { texts: ['a'] };
  const { task } = await submit(engine.bus, engine.log, { definition, payload, maxAttempts });
  const ended = taskView(await engine.reaches(task.id));
  expect(ended).toMatchObject({ state: 'succeeded', attempt: 1 });
}, 60_000);

test('vectors of a wrong length fail the task at once, name both numbers, and open no breaker', async () => {
  model.answer(vectors(4));
  const { state, attempt, error } = await engine.completed('embed-texts', { texts: ['a'] });
  expect({ state, attempt, code: error?.code }).toEqual({
    state: 'failed',
    attempt: 1,
    code: 'wrong-dimensions',
  });
  expect(error?.message).toContain('vectors of 4 dimensions, 3 are configured');
  expect(breaker()?.state).toBe('closed');
});
