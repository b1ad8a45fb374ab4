import { expect, onTestFinished, test, vi } from 'vitest';
import { startNatsServer } from './nats-server.ts';

const URL = 'nats://127.0.0.1:1';

function give(url: string): void {
  vi.stubEnv('SLIPSTREAM_TEST_NATS_URL', url);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('a server that is given is taken as it is', async () => {
  give(URL);
  await using server = await startNatsServer();
  expect(server.url).toBe(URL);
});

test('a suite that wants more than to talk to a given server is told so', async () => {
  give(URL);
  await expect(startNatsServer({ storeDir: '/tmp/x' })).rejects.toThrow('wants its own storeDir');
  await using server = await startNatsServer();
  await expect(server.kill()).rejects.toThrow('wants to kill it');
  expect(() => server.pid).toThrow('wants its process');
});
