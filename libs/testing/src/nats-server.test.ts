import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { startNatsServer } from './nats-server.ts';

async function publishOne(url: string): Promise<void> {
  await using bus = await connect({ servers: url });
  const manager = await jetstreamManager(bus);
  await manager.streams.add({ name: 'S', subjects: ['s'] });
  await jetstream(bus).publish('s', 'kept');
}

async function countMessages(url: string): Promise<number> {
  await using bus = await connect({ servers: url });
  return (await (await jetstreamManager(bus)).streams.info('S')).state.messages;
}

test('a restart keeps the port and what was stored', async () => {
  await using server = await startNatsServer();
  const { url, monitorUrl, pid } = server;
  await publishOne(url);
  await server.restart();
  expect([server.url, server.monitorUrl]).toEqual([url, monitorUrl]);
  expect(server.pid).not.toBe(pid);
  expect(await countMessages(url)).toBe(1);
});

test('a killed server refuses connections and comes back with what was synced', async () => {
  await using server = await startNatsServer();
  await publishOne(server.url);
  await server.kill();
  await expect(connect({ servers: server.url, reconnect: false })).rejects.toThrow();
  await server.restart();
  expect(await countMessages(server.url)).toBe(1);
});

test('a frozen server answers after it is thawed', async () => {
  await using server = await startNatsServer();
  await using bus = await connect({ servers: server.url });
  server.freeze();
  let answered = false;
  const flush = bus.flush().then(() => {
    answered = true;
  });
  await expect(
    fetch(`${server.monitorUrl}/healthz`, { signal: AbortSignal.timeout(200) }),
  ).rejects.toThrow('aborted');
  expect(answered).toBe(false);
  server.thaw();
  await flush;
});

test('the production limits hold and further settings are added', async () => {
  await using server = await startNatsServer({ config: { max_connections: 7, server_name: 'x' } });
  const varz = await (await fetch(`${server.monitorUrl}/varz`)).json();
  expect(varz).toMatchObject({ max_payload: 8_388_608, max_connections: 7, server_name: 'x' });
});

test('a given store is kept at the end, and a next server finds it', async () => {
  const storeDir = await mkdtemp(join(tmpdir(), 'store-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(storeDir, { recursive: true, force: true }),
  };
  {
    await using first = await startNatsServer({ storeDir });
    await publishOne(first.url);
  }
  expect(existsSync(storeDir)).toBe(true);
  await using second = await startNatsServer({ storeDir });
  expect(await countMessages(second.url)).toBe(1);
});

test('a server that cannot start says why', async () => {
  await using server = await startNatsServer();
  const port = Number(new URL(server.url).port);
  await expect(startNatsServer({ port })).rejects.toThrow(/address already in use/);
});
