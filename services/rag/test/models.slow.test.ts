import { join } from 'node:path';
import type { Chunk, ResultOf, Tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { breakers } from '@slipstream/resilience';
import {
  completion,
  cut,
  failure,
  type OpenAiServer,
  type Reply,
  startOpenAiServer,
  vectors,
} from '@slipstream/testing';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

type Answer = ResultOf<Tasks['answer-question']>;
type Found = ResultOf<Tasks['search-knowledge']>;

const texts = [
  'To restore the factory settings of the Tarn 4, hold the Talk button for 12 seconds.',
  'The Tarn 2 has no Talk button. Send the command beckctl reset --all instead.',
  'A Fell 12 mixer keeps its scenes when the firmware is updated to version 1.9.4.',
];
const question = 'How do I restore the factory settings of the Tarn 4?';
const said =
  'Hold the Talk button of the Tarn 4 for 12 seconds to restore the factory settings [1].';

let engine: Engine;
let embedder: OpenAiServer;
let writer: OpenAiServer;
let reranker: OpenAiServer;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  embedder = await startOpenAiServer();
  writer = await startOpenAiServer();
  reranker = await startOpenAiServer();
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  const chunks = texts.map(
    (text, ordinal): Chunk => ({
      id: `chunk${ordinal}`.padEnd(32, '0'),
      brand: 'Quillmere',
      source: 'https://docs.example',
      docId: 'd1',
      url: 'https://docs.example/reset.html',
      title: 'Factory reset',
      headingPath: [],
      ordinal,
      text,
      fetchedAt: '2026-11-01T00:00:00.000Z',
    }),
  );
  await store.writeDocuments([{ brand: 'Quillmere', docId: 'd1', chunks }]);
  const rows = chunks.map(({ id, brand }, nth) => ({
    id,
    brand,
    vector: Float32Array.of(1, nth, 1),
  }));
  await store.addVectors({ id: 'three@2026-11@3', dimensions: 3 }, rows);
  service = await startService(
    readConfig({
      ...engine.env,
      SLIPSTREAM_MODEL_OPEN_MS: '100',
      // The same question again and again: each time it is to be answered anew.
      SLIPSTREAM_ANSWER_CACHE_TTL_MS: '0',
      SLIPSTREAM_EMBEDDER: 'openai-compatible',
      SLIPSTREAM_EMBEDDER_URL: embedder.baseUrl,
      SLIPSTREAM_EMBEDDER_MODEL: 'three',
      SLIPSTREAM_EMBEDDER_VERSION: '2026-11',
      SLIPSTREAM_EMBEDDER_DIMENSIONS: '3',
      SLIPSTREAM_ANSWER_MODEL_PROVIDER: 'openai-compatible',
      SLIPSTREAM_ANSWER_MODEL_URL: writer.baseUrl,
      SLIPSTREAM_ANSWER_MODEL: 'writer',
      SLIPSTREAM_ANSWER_MODEL_VERSION: '7',
      SLIPSTREAM_RERANKER: 'endpoint',
      SLIPSTREAM_RERANKER_URL: reranker.baseUrl,
      SLIPSTREAM_RERANKER_MODEL: 'jina-reranker',
      SLIPSTREAM_RERANKER_API_KEY: 'secret',
      SLIPSTREAM_RERANKER_TIMEOUT_MS: '1000',
      SLIPSTREAM_RERANKER_OPEN_MS: '100',
    }),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  for (const server of [embedder, writer, reranker]) await server[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});
beforeEach(() => {
  embedder.answer(vectors(3));
  writer.answer(completion([said]));
  reranker.answer(noScores);
});

const ask = async (words = question): Promise<Answer> =>
  (await engine.completed('answer-question', { question: words, brand: 'Quillmere' }))
    .result as Answer;
const search = async (mode?: 'keyword'): Promise<Found> => {
  const payload = { q: 'the Talk button of the Tarn', ...(mode && { mode }) };
  return (await engine.completed('search-knowledge', payload)).result as Found;
};
const stateOf = ({ baseUrl }: OpenAiServer) =>
  breakers.breakerStates().find(({ endpoint }) => endpoint.startsWith(baseUrl))?.state;

test('an answer and a search name their models with their versions', async () => {
  expect(await ask()).toMatchObject({
    mode: 'model',
    model: 'writer@7',
    embedder: 'three@2026-11@3',
  });
  expect(await search()).toMatchObject({ mode: 'hybrid', embedder: 'three@2026-11@3' });
  expect(await search('keyword')).not.toHaveProperty('embedder');
});

const halfAnAnswer = completion(['Hold the '], { end: 'cut' });
test.each<[string, readonly Reply[]]>([
  ['is overloaded', [failure(503, 'overloaded')]],
  ['cuts the connection', [cut]],
  ['cuts the connection in the middle of an answer', [halfAnAnswer]],
  ['limits its rate for a minute', [failure(429, 'slow down', { 'retry-after': '60' })]],
  ['does not know the key', [failure(401, 'Incorrect API key')]],
])('when the answer model %s, the answer is extractive and says so', async (_how, replies) => {
  writer.answer(...replies);
  const answer = await ask();
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
  expect(answer.degraded).toContain('answer model writer@7: ');
  expect(answer).not.toHaveProperty('model');
});

test('when both models are away, breakers open, words find the answer, and all recovers by itself', async () => {
  embedder.answer(failure(500, 'crashed'));
  writer.answer(failure(500, 'crashed'));
  await vi.waitFor(async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ outcome: 'answered', mode: 'extractive' });
    expect(answer.degraded).toMatch(/^no vectors: .*; answer model writer@7: /);
    expect([stateOf(embedder), stateOf(writer)]).toEqual(['open', 'open']);
  }, 20_000);
  embedder.answer(vectors(3));
  writer.answer(completion([said]));
  await vi.waitFor(async () => {
    const answer = await ask();
    expect(answer).toMatchObject({ mode: 'model', embedder: 'three@2026-11@3' });
    expect(answer).not.toHaveProperty('degraded');
    expect([stateOf(embedder), stateOf(writer)]).toEqual(['closed', 'closed']);
  }, 20_000);
}, 60_000);

test('vectors of a wrong length cost a question its vectors and not its answer', async () => {
  embedder.answer(vectors(4));
  const answer = await ask();
  expect(answer.degraded).toContain('vectors of 4 dimensions, 3 are configured');
  expect(answer).toMatchObject({ outcome: 'answered', mode: 'model' });
});

/** Scores as Jina words them; the passages with a word get the most. */
const scored =
  (word: string): Reply =>
  (response, { body }) => {
    const documents = body['documents'] as string[];
    const results = documents.map((document, index) => ({
      index,
      document: { text: document },
      relevance_score: document.includes(word) ? 0.97 : 0.02,
    }));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ model: 'jina', usage: { total_tokens: 9 }, results }));
  };
/** No scores: the order stays that of the features. */
const noScores: Reply = (response) => void response.end('{"results":[]}');

test('a rerank server decides the order, and sees the question with every passage', async () => {
  reranker.answer(scored('beckctl'));
  const { hits, degraded } = await search();
  expect(degraded).toBeUndefined();
  expect(hits.map(({ score }) => score)).toEqual([0.97, ...hits.slice(1).map(() => 0.02)]);
  expect(hits[0]?.text).toBe(texts[1]);
  expect(reranker.seen.at(-1)).toMatchObject({
    path: '/v1/rerank',
    authorization: 'Bearer secret',
    body: {
      model: 'jina-reranker',
      query: 'the Talk button of the Tarn',
      top_n: hits.length,
      documents: expect.arrayContaining([`Factory reset\n${texts[1]}`]),
    },
  });
});

const never: Reply = () => {};
const otherwise: Reply = (response) => void response.end('{"data":[]}');
test.each<[string, Reply, RegExp]>([
  ['is down', failure(503, 'overloaded'), /answered 503/],
  ['is silent', never, /did not answer within 1000 ms/],
  ['speaks otherwise', otherwise, /without results/],
])(
  'when the rerank server %s, the order by features is taken and said',
  async (_how, reply, why) => {
    const features = await search();
    reranker.answer(reply);
    const { hits, degraded } = await search();
    expect(hits).toEqual(features.hits);
    expect(degraded).toMatch(why);
  },
);

test('five failures open the breaker of the rerank server alone, and it is asked again by itself', async () => {
  reranker.answer(failure(500, 'crashed'));
  await vi.waitFor(async () => {
    expect((await search()).degraded).toContain('reranker: ');
    expect([stateOf(reranker), stateOf(embedder)]).toEqual(['open', 'closed']);
  }, 20_000);
  reranker.answer(scored('beckctl'));
  await vi.waitFor(async () => {
    expect(await search()).not.toHaveProperty('degraded');
    expect(stateOf(reranker)).toBe('closed');
  }, 20_000);
}, 60_000);
