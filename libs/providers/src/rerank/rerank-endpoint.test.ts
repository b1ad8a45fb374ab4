import { readEnv } from '@slipstream/config';
import { failure, type OpenAiServer, type Reply, startOpenAiServer } from '@slipstream/testing';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reranker } from '../reranker.ts';
import { rerankerFrom, rerankerSettings } from '../reranker-settings.ts';

const stack = new AsyncDisposableStack();
let server: OpenAiServer;
let url: string;
beforeAll(async () => {
  server = stack.use(await startOpenAiServer());
  url = server.baseUrl.replace('/v1', '');
});
afterAll(() => stack.disposeAsync());

const settings = Type.Object(rerankerSettings);
function open(env: Record<string, string>): Reranker {
  const reranker = rerankerFrom(readEnv(settings, { SLIPSTREAM_RERANKER: 'tei', ...env }));
  if (!reranker) throw new Error('the settings name a reranker');
  return reranker;
}

/** As Text Embeddings Inference answers: best first, and no more than 32 texts at once. */
const tei: Reply = (response, { body }) => {
  const texts = body['texts'] as string[];
  const tooMany = texts.length > 32;
  const scores = texts.map((text, index) => ({ index, score: text.length / 1_000 }));
  response.writeHead(tooMany ? 422 : 200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify(
      tooMany
        ? { error: 'batch size 50 > maximum allowed batch size 32', error_type: 'Validation' }
        : scores.sort((one, other) => other.score - one.score),
    ),
  );
};

test('Text Embeddings Inference is asked in its own shape, and scores are in the order of the passages', async () => {
  server.answer(tei);
  await using reranker = open({
    SLIPSTREAM_RERANKER_URL: `${url}/`,
    SLIPSTREAM_RERANKER_API_KEY: 'k',
  });
  expect(reranker.id).toBe('tei');
  expect(await reranker.score('which?', ['a', 'ccc', 'bb'])).toEqual([0.001, 0.003, 0.002]);
  expect(server.seen.at(-1)).toEqual({
    path: '/rerank',
    authorization: 'Bearer k',
    body: { query: 'which?', texts: ['a', 'ccc', 'bb'], truncate: true },
  });
});

test('it gets as many passages at once as it takes, and every score finds its passage', async () => {
  server.answer(tei);
  await using reranker = open({ SLIPSTREAM_RERANKER_URL: url, SLIPSTREAM_RERANKER_MODEL: 'bge' });
  expect(reranker.id).toBe('bge');
  const before = server.seen.length;
  const passages = Array.from({ length: 70 }, (_, nth) => 'x'.repeat(nth + 1));
  const scores = await reranker.score('which?', passages);
  expect(scores).toEqual(passages.map((_, nth) => (nth + 1) / 1_000));
  const sizes = server.seen.slice(before).map(({ body }) => (body['texts'] as string[]).length);
  expect(sizes.sort()).toEqual([32, 32, 6]);
  expect(await reranker.score('which?', [])).toEqual([]);
});

test.each<[string, Reply, string, RegExp]>([
  [
    'the shape of Cohere',
    (response) => void response.end('{"results":[{"index":0,"relevance_score":1}]}'),
    'provider-protocol',
    /answered without a list of index and score$/,
  ],
  ['a refusal', failure(413, 'too long'), 'provider-refused', /answered 413$/],
  ['an overload', failure(429, 'Model is overloaded'), 'provider-unreachable', /answered 429$/],
])('%s is told by its code', async (_what, reply, code, message) => {
  server.answer(reply);
  await using reranker = open({ SLIPSTREAM_RERANKER_URL: url });
  await expect(reranker.score('which?', ['a'])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

test('a server in the shape of Cohere gets model and documents, and one that only speaks as TEI is told', async () => {
  const cohere = {
    SLIPSTREAM_RERANKER: 'endpoint',
    SLIPSTREAM_RERANKER_URL: server.baseUrl,
    SLIPSTREAM_RERANKER_MODEL: 'jina',
  };
  await using reranker = open(cohere);
  server.answer((response) => void response.end('{"results":[{"index":1,"relevance_score":0.5}]}'));
  expect(await reranker.score('which?', ['a', 'b'])).toEqual([undefined, 0.5]);
  expect(server.seen.at(-1)).toMatchObject({
    path: '/v1/rerank',
    body: { model: 'jina', query: 'which?', documents: ['a', 'b'], top_n: 2 },
  });
  server.answer((response) => void response.end('[{"index":1,"score":0.5}]'));
  await expect(reranker.score('which?', ['a', 'b'])).rejects.toThrow(
    /answered without results of index and relevance_score$/,
  );
});

test('without its address the setting that is missing is named', () => {
  expect(() => open({})).toThrow('SLIPSTREAM_RERANKER is tei, it needs SLIPSTREAM_RERANKER_URL');
});
