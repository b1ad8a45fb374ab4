import { once } from 'node:events';
import { connect } from 'node:net';
import { ProblemError } from '@slipstream/contracts';
import { createLogger, startTelemetry } from '@slipstream/telemetry';
import { Type } from 'typebox';
import { beforeAll, expect, test } from 'vitest';
import { createHttpApp, type HttpAppOptions } from './http-app.ts';

beforeAll(() => startTelemetry({ service: 'http-test', traceRatio: 0 }));

const Body = Type.Object(
  { url: Type.String(), depth: Type.Optional(Type.Integer({ minimum: 0 })) },
  { additionalProperties: false },
);
const Query = Type.Object(
  { limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }) },
  { additionalProperties: false },
);

/** An app with a few routes, as a service would have them. */
function startApp(options: Partial<HttpAppOptions> = {}) {
  const app = createHttpApp({ logger: createLogger('test', 'silent'), ...options });
  app.post('/things', { schema: { body: Body } }, async ({ body }) => ({ got: body }));
  app.get('/things', { schema: { querystring: Query } }, async ({ query }) => query);
  app.get('/things/:id', async ({ id }) => ({ id }));
  app.get('/broken', async () => {
    throw new Error('password=hunter2 at /srv/app.ts:12');
  });
  app.get('/busy', async () => {
    throw new ProblemError('queue-full', 'The queue of rag is full.', { retryAfterS: 2.1 });
  });
  return app;
}

const post = (payload: string, type = 'application/json') =>
  ({ method: 'POST', url: '/things', payload, headers: { 'content-type': type } }) as const;

test('a request that fits is answered, with its trace id', async () => {
  await using app = startApp();
  const answer = await app.inject(post('{"url":"https://a.example"}'));
  expect(answer.json()).toEqual({ got: { url: 'https://a.example' } });
  expect(answer.headers['x-trace-id']).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
});

test('an incoming traceparent is carried on', async () => {
  await using app = startApp();
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  const answer = await app.inject({ url: '/things', headers });
  expect(answer.headers['x-trace-id']).toBe(traceId);
});

test('every mistake in a body has its path', async () => {
  await using app = startApp();
  const answer = await app.inject(post('{"depth":"deep","color":"red"}'));
  expect(answer.statusCode).toBe(400);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toEqual({
    type: '/docs/reference/errors.md#invalid-request',
    title: 'The request does not fit the schema',
    status: 400,
    detail: expect.stringContaining('/url is required'),
    instance: '/things',
    code: 'invalid-request',
    errors: expect.arrayContaining([
      { path: '/url', message: 'is required' },
      { path: '/color', message: 'is not a known field' },
      { path: '/depth', message: expect.stringContaining('integer') },
    ]),
    traceId: answer.headers['x-trace-id'],
  });
});

test('in the query text becomes numbers, and defaults are filled in', async () => {
  await using app = startApp();
  expect((await app.inject('/things')).json()).toEqual({ limit: 50 });
  expect((await app.inject('/things?limit=7')).json()).toEqual({ limit: 7 });
  const wrong = await app.inject('/things?limit=many');
  expect(wrong.statusCode).toBe(400);
  expect(wrong.json().errors).toEqual([
    { path: '/query/limit', message: expect.stringContaining('integer') },
  ]);
});

test.each([
  ['broken JSON', post('{"url":'), 400, 'invalid-json'],
  ['an empty body', post(''), 400, 'invalid-request'],
  ['JSON that poisons prototypes', post('{"__proto__":{}}'), 400, 'invalid-json'],
  ['a list for an object', post('[]'), 400, 'invalid-request'],
  ['a form', post('url=x', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type'],
  ['text', post('hello', 'text/plain'), 415, 'unsupported-media-type'],
  ['too much', post(`{"url":"${'x'.repeat(1 << 20)}"}`), 413, 'payload-too-large'],
  ['an unknown path', { method: 'GET', url: '/nothing' }, 404, 'not-found'],
  ['a method too many', { method: 'DELETE', url: '/things/7' }, 405, 'method-not-allowed'],
  ['a path that cannot be decoded', { method: 'GET', url: '/things/%' }, 400, 'invalid-request'],
] as const)('%s is answered %i %s', async (_what, request, status, code) => {
  await using app = startApp();
  const answer = await app.inject(request);
  expect(answer.json()).toMatchObject({ status, code });
  expect(answer.statusCode).toBe(status);
});

test('a method too many is told which ones there are', async () => {
  await using app = startApp();
  const answer = await app.inject({ method: 'DELETE', url: '/things' });
  expect(answer.headers.allow).toBe('GET, HEAD, POST');
});

test('an error of ours says nothing of its inside', async () => {
  await using app = startApp();
  const answer = await app.inject('/broken');
  expect(answer.statusCode).toBe(500);
  expect(answer.json().code).toBe('internal');
  expect(answer.body).not.toMatch(/hunter2|app\.ts|at /);
});

test('an error of a layer below is translated', async () => {
  await using app = startApp({
    translateError: (error) =>
      String(error).includes('hunter2')
        ? new ProblemError('broker-unavailable', 'NATS is away.', { retryAfterS: 1 })
        : undefined,
  });
  const answer = await app.inject('/broken');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('1');
});

test('retry-after is in whole seconds', async () => {
  await using app = startApp();
  const answer = await app.inject('/busy');
  expect(answer.statusCode).toBe(503);
  expect(answer.headers['retry-after']).toBe('3');
});

test('closing does not wait for a connection on which nothing was asked', async () => {
  const app = startApp();
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  await app.close();
});
