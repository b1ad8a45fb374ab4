import { createEmbedder } from '@slipstream/providers';
import { cut, failure, startOpenAiServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { waitForModel } from './wait-for-model.ts';

async function embedderAt(baseUrl: string) {
  const provider = 'openai-compatible';
  return waitForModel(await createEmbedder({ provider, baseUrl, model: 'm', dimensions: 3 }));
}

test('a task whose server asks for 30 s goes back for 30 s, without a lost attempt', async () => {
  await using server = await startOpenAiServer(failure(429, 'slow down', { 'retry-after': '30' }));
  const embedder = await embedderAt(server.baseUrl);
  await expect(embedder.embed(['a'], 'passage')).rejects.toMatchObject({
    name: 'GiveBackError',
    delayMs: 30_000,
  });
});

test('a connection that is cut costs an attempt, as long as the breaker is closed', async () => {
  await using server = await startOpenAiServer(cut);
  const embedder = await embedderAt(server.baseUrl);
  await expect(embedder.embed(['a'], 'passage')).rejects.toMatchObject({
    name: 'RetryLaterError',
    code: 'provider-unreachable',
  });
  expect(server.seen).toHaveLength(3);
});
