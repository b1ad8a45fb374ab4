import { startTelemetry, stopTelemetry } from '@slipstream/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpsServer } from './ops-server.ts';
import type { Readiness } from './readiness.ts';

const allWell: Readiness = { ready: true, checks: { nats: 'connected' } };

const start = (ready: () => Promise<Readiness> = async () => allWell) =>
  createOpsServer({ port: 0, host: '127.0.0.1', ready });

beforeAll(() => startTelemetry({ service: 'ops-test', traceRatio: 0 }));
afterAll(stopTelemetry);

test('a service that is well answers 200 on /livez and /readyz', async () => {
  await using ops = await start();
  expect((await fetch(`${ops.url}/livez`)).status).toBe(200);
  const ready = await fetch(`${ops.url}/readyz?verbose`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual(allWell);
});

test('a failing check is a 503 that names it', async () => {
  await using ops = await start(async () => ({ ready: false, checks: { nats: 'no answer' } }));
  const answer = await fetch(`${ops.url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ ready: false, checks: { nats: 'no answer' } });
});

test('a check that throws is a 503 with its message', async () => {
  await using ops = await start(async () => {
    throw new Error('the store is read-only');
  });
  const answer = await fetch(`${ops.url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.text()).toContain('the store is read-only');
});

test('a check that hangs is a 503 within a second, and the process still counts as alive', async () => {
  await using ops = await start(() => new Promise<never>(() => {}));
  const since = performance.now();
  expect((await fetch(`${ops.url}/readyz`)).status).toBe(503);
  expect(performance.now() - since).toBeLessThan(10_000);
  expect((await fetch(`${ops.url}/livez`)).status).toBe(200);
});

test('/metrics is what Prometheus reads', async () => {
  await using ops = await start();
  const answer = await fetch(`${ops.url}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toContain('target_info{service_name="ops-test"');
});

test('other paths are 404 and other methods 405', async () => {
  await using ops = await start();
  expect((await fetch(ops.url)).status).toBe(404);
  expect((await fetch(`${ops.url}/livez`, { method: 'POST' })).status).toBe(405);
});

test('a taken port is an error that names the port and its setting', async () => {
  await using ops = await start();
  const port = Number(new URL(ops.url).port);
  await expect(
    createOpsServer({ port, host: '127.0.0.1', ready: async () => allWell }),
  ).rejects.toThrow(new RegExp(`port ${port} .*is taken.*SLIPSTREAM_OPS_PORT`));
});

test('disposing closes connections that are kept alive', async () => {
  const ops = await start();
  await fetch(`${ops.url}/livez`);
  await ops[Symbol.asyncDispose]();
  await expect(fetch(`${ops.url}/livez`)).rejects.toThrow();
});
