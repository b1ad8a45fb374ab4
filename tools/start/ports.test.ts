import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkPorts, wantedPorts } from './ports.ts';
import { readSettings } from './settings.ts';

async function listen(host: string) {
  const server = createServer();
  await once(server.listen(0, host), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

test.each(['127.0.0.1', '0.0.0.0'])('a port that is taken on %s is named', async (host) => {
  await using other = await listen(host);
  const wanted = {
    port: other.port,
    host: '127.0.0.1',
    usedBy: 'the gateway',
    setting: 'SLIPSTREAM_PORT',
  };
  await expect(checkPorts([wanted])).rejects.toThrow(
    `Nothing was started:\n  - port ${other.port} for the gateway is taken; set SLIPSTREAM_PORT to a free one`,
  );
});

test('a port that was free is free after the check', async () => {
  const { port } = await (async () => {
    await using gone = await listen('127.0.0.1');
    return { port: gone.port };
  })();
  const wanted = { port, host: '127.0.0.1', usedBy: 'x', setting: 'X' };
  await checkPorts([wanted]);
  await checkPorts([wanted]);
});

test('two uses of one port are named before anything is tried', async () => {
  const ports = wantedPorts(readSettings({ SLIPSTREAM_MANUAL_PORT: '8080' }, '/'));
  await expect(checkPorts(ports)).rejects.toThrow(
    'port 8080 is meant for the gateway (SLIPSTREAM_PORT) and for the sample site (SLIPSTREAM_MANUAL_PORT)',
  );
});
