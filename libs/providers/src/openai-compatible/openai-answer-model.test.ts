import { completion, failure, startOpenAiServer } from '@slipstream/testing';
import { expect, test } from 'vitest';
import { quickBreakers } from '../../test/quick-breakers.ts';
import { type AnswerPart, NO_ANSWER } from '../answer-model.ts';
import { createOpenAiAnswerModel, type OpenAiAnswerSettings } from './openai-answer-model.ts';

const modelAt = (baseUrl: string, settings: OpenAiAnswerSettings = {}) =>
  createOpenAiAnswerModel({
    baseUrl,
    model: 'gpt-test',
    breakers: quickBreakers(),
    fence: () => 'f-1',
    ...settings,
  });

const request = {
  question: 'How do I reset it?',
  passages: [
    { n: 1, title: 'Reset', url: 'https://docs.test/reset', text: 'Hold the button for 5 s.' },
  ],
};

test('an answer streams token by token and ends with text and usage', async () => {
  await using server = await startOpenAiServer(completion(['Hold ', 'the button [1].']));
  expect(await Array.fromAsync(modelAt(server.baseUrl).answer(request))).toEqual([
    { type: 'token', text: 'Hold ' },
    { type: 'token', text: 'the button [1].' },
    {
      type: 'done',
      text: 'Hold the button [1].',
      usage: {
        model: 'gpt-test-2026-01-01',
        promptTokens: 120,
        completionTokens: 8,
        estimated: false,
      },
    },
  ]);
  expect(server.seen[0]).toMatchObject({
    path: '/v1/chat/completions',
    body: { model: 'gpt-test', stream: true, stream_options: { include_usage: true } },
  });
});

test('usage is estimated when the server does not count', async () => {
  await using server = await startOpenAiServer(completion(['Hold it [1].'], { usage: false }));
  const parts = await Array.fromAsync(modelAt(server.baseUrl).answer(request));
  const messages = server.seen[0]?.body['messages'] as { content: string }[];
  const chars = messages.reduce((sum, { content }) => sum + content.length, 0);
  expect(parts.at(-1)).toMatchObject({
    usage: {
      model: 'gpt-test',
      promptTokens: Math.ceil(chars / 4),
      completionTokens: 3,
      estimated: true,
    },
  });
});

test('a refusal in pieces is one part, and no token of it is shown', async () => {
  await using server = await startOpenAiServer(completion(['NO', '_ANS', 'WER', '.\n']));
  const parts = await Array.fromAsync(modelAt(server.baseUrl).answer(request));
  expect(parts).toMatchObject([{ type: 'done', text: NO_ANSWER }]);
});

test('a connection that is cut fails after the tokens that came, and may be tried later', async () => {
  await using server = await startOpenAiServer(completion(['Hold '], { end: 'cut' }));
  const parts: AnswerPart[] = [];
  const read = async () => {
    for await (const part of modelAt(server.baseUrl).answer(request)) parts.push(part);
  };
  await expect(read()).rejects.toMatchObject({
    name: 'RetryLaterError',
    code: 'provider-unreachable',
  });
  expect(parts).toEqual([{ type: 'token', text: 'Hold ' }]);
  expect(server.seen).toHaveLength(1);
});

test('a stream that ends politely but too soon is not taken for an answer', async () => {
  await using server = await startOpenAiServer(completion(['Hold '], { end: 'early' }));
  await expect(Array.fromAsync(modelAt(server.baseUrl).answer(request))).rejects.toThrow(
    'ended in the middle of the answer',
  );
});

test('a stream that falls silent runs into its deadline and counts', async () => {
  await using server = await startOpenAiServer(completion(['Hold '], { end: 'silence' }));
  const breakers = quickBreakers();
  const model = modelAt(server.baseUrl, { timeoutMs: 200, breakers });
  await expect(Array.fromAsync(model.answer(request))).rejects.toMatchObject({ code: 'deadline' });
  expect(breakers.breakerStates()).toMatchObject([{ failures: 1 }]);
});

test('a 503 before the first token is repeated and the answer still comes', async () => {
  const busy = failure(503, 'Overloaded', { 'retry-after-ms': '5' });
  await using server = await startOpenAiServer(busy, completion(['Hold it [1].']));
  const parts = await Array.fromAsync(modelAt(server.baseUrl).answer(request));
  expect(parts.at(-1)).toMatchObject({ type: 'done', text: 'Hold it [1].' });
  expect(server.seen).toHaveLength(2);
});

test('an error inside the stream is tried again later', async () => {
  await using server = await startOpenAiServer(
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('data: {"error":{"message":"CUDA out of memory","code":500}}\n\n');
    },
    completion(['Hold it [1].']),
  );
  const parts = await Array.fromAsync(modelAt(server.baseUrl).answer(request));
  expect(parts.at(-1)).toMatchObject({ text: 'Hold it [1].' });
});

test('a content filter is a terminal error', async () => {
  await using server = await startOpenAiServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const choices = [{ index: 0, delta: {}, finish_reason: 'content_filter' }];
    response.end(`data: ${JSON.stringify({ model: 'gpt-test', choices })}\n\ndata: [DONE]\n\n`);
  });
  await expect(Array.fromAsync(modelAt(server.baseUrl).answer(request))).rejects.toMatchObject({
    name: 'TerminalError',
    code: 'provider-refused',
  });
});

test('a cancelled answer ends at once, closes its connection and does not count', async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await startOpenAiServer(async (response, seen) => {
    response.once('close', closed.resolve);
    await completion(['Hold '], { end: 'silence' })(response, seen);
  });
  const breakers = quickBreakers();
  const caller = new AbortController();
  const answer = modelAt(server.baseUrl, { breakers }).answer(request, { signal: caller.signal });
  const read = async () => {
    for await (const _ of answer) caller.abort(new Error('task cancelled'));
  };
  await expect(read()).rejects.toThrow('task cancelled');
  await closed.promise;
  expect(breakers.breakerStates()).toMatchObject([{ state: 'closed', failures: 0 }]);
});

test('a reader that leaves closes the connection', async () => {
  const closed = Promise.withResolvers<void>();
  await using server = await startOpenAiServer(async (response, seen) => {
    response.once('close', closed.resolve);
    await completion(['Hold '], { end: 'silence' })(response, seen);
  });
  for await (const _ of modelAt(server.baseUrl).answer(request)) break;
  await closed.promise;
});
