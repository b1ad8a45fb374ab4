import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tasks } from '@slipstream/contracts';
import { deliveryId } from '@slipstream/flows';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers with these statuses in turn, asks for no patience, and keeps what it got. */
async function startReceiver(statuses: number[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    received.push({ path: request.url ?? '', headers: request.headers, body });
    const status = statuses.shift() ?? 200;
    response.writeHead(status, { 'retry-after': '0', location: '/elsewhere' }).end('seen');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { received, statuses, port, close: () => server.close() };
}

let engine: Engine;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  engine = await startEngine();
  receiver = await startReceiver([]);
  service = await startService(
    readConfig({
      ...engine.env,
      SLIPSTREAM_SCRAPE_ALLOW: `127.0.0.1:${receiver.port}`,
      SLIPSTREAM_PUBLIC_URL: 'https://docs.example.com',
    }),
  );
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  receiver.close();
  await engine[Symbol.asyncDispose]();
});

/** A task of this service, with a webhook; resolves with the end of its delivery. */
async function told(webhook: { url: string; secret?: string }) {
  receiver.received.length = 0;
  const definition = tasks['maintain-index'];
  const { task } = await submit(engine.bus, engine.log, { definition, payload: {}, webhook });
  const delivery = taskView(await engine.reaches(deliveryId(task.id, 1)));
  return { task, delivery, received: [...receiver.received] };
}

const here = (path: string) => `http://127.0.0.1:${receiver.port}${path}`;

test('a receiver that answers 500 twice gets the same signed message on the third attempt', async () => {
  receiver.statuses.push(500, 500, 200);
  const key = Buffer.from('a secret of twenty-four!');
  const secret = `whsec_${key.toString('base64')}`;
  const { task, delivery, received } = await told({ url: here('/hook?a=b'), secret });
  expect(delivery).toMatchObject({ state: 'succeeded', attempt: 3, result: { status: 200 } });
  expect(received.map(({ path }) => path)).toEqual(Array(3).fill('/hook?a=b'));
  expect(new Set(received.map(({ body }) => body)).size).toBe(1);
  for (const { headers, body } of received) {
    const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
    expect(id).toBe(deliveryId(task.id, 1));
    expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(60);
    const mac = createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64');
    expect(signature).toBe(`v1,${mac}`);
  }
  const report = JSON.parse(received[0]?.body ?? '');
  expect(report).toMatchObject({
    id: task.id,
    run: 1,
    kind: 'maintain-index',
    state: 'succeeded',
    resultUrl: `https://docs.example.com/v1/tasks/${task.id}`,
  });
  expect(report).not.toHaveProperty('result');
  expect(JSON.stringify([report, delivery])).not.toContain(secret);
});

test('without a secret nothing is signed, and a text that is no whsec_ signs as it is', async () => {
  const plain = await told({ url: here('/plain') });
  expect(plain.received[0]?.headers).not.toHaveProperty('webhook-signature');
  const { received } = await told({ url: here('/text'), secret: 'my secret' });
  const { headers, body } = received[0] as Received;
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const mac = createHmac('sha256', 'my secret').update(signed).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${mac}`);
});

test('410 ends a delivery, and a redirect is not followed but tried again', async () => {
  receiver.statuses.push(302, 410);
  const { delivery, received } = await told({ url: here('/moved') });
  expect(received.map(({ path }) => path)).toEqual(['/moved', '/moved']);
  expect(delivery).toMatchObject({ state: 'failed', attempt: 2, error: { code: 'webhook-gone' } });
});

test('an address inside is refused where the connection is made, and its path is not told', async () => {
  const { delivery, received } = await told({
    url: `http://127.0.0.1:${receiver.port + 1}/secret`,
  });
  expect(received).toEqual([]);
  expect(delivery).toMatchObject({ state: 'failed', error: { code: 'private-address' } });
  expect(delivery.error?.message).not.toContain('/secret');
});

test('a delivery for a task without a webhook fails and says so', async () => {
  const { id } = await engine.completed('maintain-index', {});
  const task = await engine.completed('deliver-webhook', { taskId: id, run: 1 });
  expect(task).toMatchObject({ state: 'failed', error: { code: 'webhook-unknown' } });
});
