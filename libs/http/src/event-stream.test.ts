import { once } from 'node:events';
import { createLogger } from '@slipstream/telemetry';
import { expect, test } from 'vitest';
import { type ServerSentEvent, sendEvents } from './event-stream.ts';
import { createHttpApp } from './http-app.ts';

type Produce = (signal: AbortSignal) => AsyncIterable<ServerSentEvent>;

async function startApp(produce: Produce, heartbeatMs?: number) {
  const app = createHttpApp({ logger: createLogger('test', 'silent') });
  app.get('/events', (_request, reply) => sendEvents(reply, produce, heartbeatMs));
  const url = `${await app.listen({ port: 0, host: '127.0.0.1' })}/events`;
  return { url, [Symbol.asyncDispose]: () => app.close() };
}

/** Goes on until the signal aborts. */
const untilAborted = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

test('events arrive in order, with id, name and JSON, and the stream ends with its source', async () => {
  await using app = await startApp(async function* () {
    yield { id: '1:0', event: 'state', data: { state: 'queued' } };
    yield { event: 'token', data: 'two\nlines' };
  });
  const answer = await fetch(app.url);
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  expect(answer.headers.get('x-trace-id')).toBeTruthy();
  expect(await answer.text()).toBe(
    ': open\n\nid: 1:0\nevent: state\ndata: {"state":"queued"}\n\nevent: token\ndata: "two\\nlines"\n\n',
  );
});

test('a silent stream gets heartbeats', async () => {
  // biome-ignore lint/correctness/useYield: it is silent on purpose
  await using app = await startApp(async function* (signal) {
    await untilAborted(signal);
  }, 10);
  const { body } = await fetch(app.url);
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of body ?? []) {
    text += decoder.decode(piece);
    if (text.includes(': still here\n\n: still here\n\n')) break;
  }
  expect(text.startsWith(': open\n\n')).toBe(true);
});

test('the source is told when the client goes', async () => {
  const gone = Promise.withResolvers<void>();
  await using app = await startApp(async function* (signal) {
    yield { event: 'state', data: 1 };
    await untilAborted(signal);
    gone.resolve();
  });
  const client = new AbortController();
  const answer = await fetch(app.url, { signal: client.signal });
  await answer.body?.getReader().read();
  client.abort();
  await gone.promise;
});

test('closing the app ends its streams', async () => {
  // biome-ignore lint/correctness/useYield: it is silent on purpose
  const app = await startApp(async function* (signal) {
    await untilAborted(signal);
  });
  const answer = await fetch(app.url);
  await app[Symbol.asyncDispose]();
  expect(await answer.text()).toBe(': open\n\n');
});

test('a source that fails breaks the stream, so that the client comes again', async () => {
  await using app = await startApp(async function* () {
    yield { event: 'state', data: 1 };
    throw new Error('the broker went away');
  });
  const answer = await fetch(app.url);
  await expect(answer.text()).rejects.toThrow();
});
