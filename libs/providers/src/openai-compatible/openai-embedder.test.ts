import { failure, startOpenAiServer, vectors } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { quickBreakers } from '../../test/quick-breakers.ts';
import { createOpenAiEmbedder, type OpenAiEmbedderSettings } from './openai-embedder.ts';

const embedderAt = (baseUrl: string, settings: OpenAiEmbedderSettings = {}) =>
  createOpenAiEmbedder({
    baseUrl,
    model: 'bge-small',
    dimensions: 3,
    breakers: quickBreakers(),
    ...settings,
  });

test('texts come back as vectors of length 1, in their order, with the tokens', async () => {
  await using server = await startOpenAiServer(vectors(3));
  const embedder = embedderAt(`${server.baseUrl}/`, { apiKey: 'sk-1' });
  const result = await embedder.embed(['three', 'a', 'four'], 'passage');
  const firsts = result.vectors.map((vector) => vector[0] ?? 0);
  expect(firsts).toEqual([5, 1, 4].map((x) => Math.fround(x / Math.hypot(x, 1, 1))));
  expect(result.promptTokens).toBe(6);
  expect(server.seen).toEqual([
    {
      path: '/v1/embeddings',
      authorization: 'Bearer sk-1',
      body: { model: 'bge-small', input: ['a', 'four', 'three'], encoding_format: 'float' },
    },
  ]);
});

test('a server that counts no tokens leaves them out', async () => {
  await using server = await startOpenAiServer(vectors(3, false));
  const result = await embedderAt(server.baseUrl).embed(['a'], 'query');
  expect(result).toEqual({ vectors: [expect.any(Float32Array)] });
});

test('600 texts travel in three requests of at most 256', async () => {
  await using server = await startOpenAiServer(vectors(3));
  const texts = Array.from({ length: 600 }, (_, i) => `text ${i}`);
  const result = await embedderAt(server.baseUrl, { batchSize: 1_000 }).embed(texts, 'passage');
  expect(result.vectors).toHaveLength(600);
  expect(server.seen.map(({ body }) => (body['input'] as string[]).length)).toEqual([256, 256, 88]);
});

test('queries and passages get their own prefix', async () => {
  await using server = await startOpenAiServer(vectors(3));
  const embedder = embedderAt(server.baseUrl, {
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
  });
  await embedder.embed(['reset'], 'query');
  await embedder.embed(['reset'], 'passage');
  expect(server.seen.map(({ body }) => body['input'])).toEqual([
    ['query: reset'],
    ['passage: reset'],
  ]);
});

test('wrong dimensions are a terminal error that names both numbers', async () => {
  await using server = await startOpenAiServer(vectors(4));
  await expect(embedderAt(server.baseUrl).embed(['a'], 'passage')).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'wrong-dimensions',
    message: `bge-small at ${server.baseUrl}/embeddings gives vectors of 4 dimensions, 3 are configured: correct SLIPSTREAM_EMBEDDER_DIMENSIONS`,
  });
  expect(server.seen).toHaveLength(1);
});

test('shorter vectors are asked for only when configured', async () => {
  await using server = await startOpenAiServer(vectors(3));
  await embedderAt(server.baseUrl, { requestDimensions: true }).embed(['a'], 'query');
  expect(server.seen[0]?.body['dimensions']).toBe(3);
});

test('a rate limit of 30 s is passed on to the queue', async () => {
  const limited = failure(429, 'Rate limit reached', { 'retry-after': '30' });
  await using server = await startOpenAiServer(limited);
  await expect(embedderAt(server.baseUrl).embed(['a'], 'passage')).rejects.toMatchObject({
    name: 'RetryLaterError',
    code: 'provider-rate-limited',
    delayMs: 30_000,
  });
  expect(server.seen).toHaveLength(1);
});

test('a rate limit of 10 ms is waited for', async () => {
  const limited = failure(429, 'Rate limit reached', { 'retry-after-ms': '10' });
  await using server = await startOpenAiServer(limited, vectors(3));
  const { vectors: result } = await embedderAt(server.baseUrl).embed(['a'], 'passage');
  expect(result).toHaveLength(1);
  expect(server.seen).toHaveLength(2);
});

test('a request that is refused is terminal, is not repeated and opens no breaker', async () => {
  await using server = await startOpenAiServer(failure(401, 'Incorrect API key provided'));
  const breakers = quickBreakers();
  const embedder = embedderAt(server.baseUrl, { breakers });
  for (let i = 0; i < 6; i++) {
    await expect(embedder.embed(['a'], 'query')).rejects.toMatchObject({
      name: 'TerminalError',
      code: 'provider-refused',
      message: expect.stringContaining('401 Incorrect API key provided'),
    });
  }
  expect(server.seen).toHaveLength(6);
  expect(breakers.breakerStates()).toMatchObject([{ state: 'closed', failures: 0 }]);
});

test('five 500s open the breaker; two good answers after its time close it', async () => {
  const down = failure(500, 'The server had an error');
  await using server = await startOpenAiServer(down, down, down, down, down, vectors(3));
  const breakers = quickBreakers(0);
  const states: string[] = [];
  breakers.onBreakerChange(({ state }) => states.push(state));
  const embedder = embedderAt(server.baseUrl, { breakers });
  await expect(embedder.embed(['a'], 'query')).rejects.toMatchObject({
    code: 'provider-unavailable',
  });
  await embedder.embed(['a'], 'query');
  await embedder.embed(['a'], 'query');
  expect(states).toEqual(['open', 'half-open', 'closed']);
  expect(server.seen).toHaveLength(7);
});

test('an open breaker is reported without a request', async () => {
  await using server = await startOpenAiServer(failure(500, 'down'));
  const embedder = embedderAt(server.baseUrl);
  await expect(embedder.embed(['a'], 'query')).rejects.toMatchObject({
    code: 'provider-unavailable',
  });
  await expect(embedder.embed(['a'], 'query')).rejects.toMatchObject({
    name: 'BreakerOpenError',
    endpoint: `${server.baseUrl}/embeddings`,
  });
  expect(server.seen).toHaveLength(5);
});

test('an address where nobody listens is tried again later', async () => {
  const server = await startOpenAiServer();
  await server[Symbol.asyncDispose]();
  await expect(embedderAt(server.baseUrl).embed(['a'], 'query')).rejects.toMatchObject({
    name: 'RetryLaterError',
    code: 'provider-unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a page instead of vectors is a terminal error', async () => {
  await using server = await startOpenAiServer((response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<h1>Sign in</h1>');
  });
  await expect(embedderAt(server.baseUrl).embed(['a'], 'query')).rejects.toMatchObject({
    code: 'provider-protocol',
    message: expect.stringContaining('gave 0 vectors for 1 texts'),
  });
});

test('a cancelled call ends at once with the reason of its signal', async () => {
  const caller = new AbortController();
  await using server = await startOpenAiServer(() => caller.abort(new Error('task cancelled')));
  const call = embedderAt(server.baseUrl).embed(['a'], 'query', { signal: caller.signal });
  await expect(call).rejects.toThrow('task cancelled');
});

test.each(['baseUrl', 'model', 'dimensions'] as const)('the setting %s is needed', (name) => {
  expect(() => embedderAt('http://127.0.0.1/v1', { [name]: undefined })).toThrow(
    `needs the setting ${name}`,
  );
});
