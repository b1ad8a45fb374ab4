import { request } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseAllowList } from '@slipstream/documents/net-guard';
import { expect, test } from 'vitest';
import { startTestServer } from '../fetch/start-test-server.ts';
import { type GuardedProxyOptions, startGuardedProxy } from './guarded-proxy.ts';

const proxyFor = (allow: readonly string[], options: Partial<GuardedProxyOptions> = {}) =>
  startGuardedProxy({ allow: parseAllowList(allow), maxBytes: 1_000_000, ...options });

/** What a client gets that asks the proxy for a URL. */
async function ask(proxyUrl: string, url: string): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  request(proxyUrl, { path: url, agent: false })
    .on('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    })
    .on('error', reject)
    .end();
  return promise;
}

/** The answer to CONNECT, and what the server behind it answers to one request. */
async function tunnel(proxyUrl: string, target: string): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  request(proxyUrl, { method: 'CONNECT', path: target, agent: false })
    .on('connect', (response, socket: Socket) => {
      const status = response.statusCode ?? 0;
      if (status === 200) socket.end('GET /inner HTTP/1.0\r\n\r\n');
      text(socket).then((body) => resolve({ status, body }), reject);
    })
    .on('error', reject)
    .end();
  return promise;
}

test('what is allowed passes, openly and through a tunnel', async () => {
  await using site = await startTestServer((_, answer) => answer.end('hello'));
  await using proxy = await proxyFor([site.host]);
  expect(await ask(proxy.url, `${site.origin}/a?b=c`)).toEqual({ status: 200, body: 'hello' });
  const inner = await tunnel(proxy.url, site.host);
  expect(inner).toEqual({ status: 200, body: expect.stringMatching(/hello$/) });
  expect(site.seen).toEqual(['/a?b=c', '/inner']);
});

test('an inside address is refused in every spelling, openly and through a tunnel', async () => {
  await using inside = await startTestServer((_, answer) => answer.end('secret'));
  await using proxy = await proxyFor([]);
  for (const host of ['127.0.0.1', '127.1', '2130706433', 'localhost', '[::ffff:127.0.0.1]']) {
    expect(await ask(proxy.url, `http://${host}:${inside.port}/`)).toMatchObject({ status: 403 });
    expect(await tunnel(proxy.url, `${host}:${inside.port}`)).toMatchObject({ status: 403 });
  }
  expect(inside.connections()).toBe(0);
});

test('a name that resolves to an inside address reaches nothing', async () => {
  await using inside = await startTestServer((_, answer) => answer.end('secret'));
  await using proxy = await proxyFor([], {
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  const host = `docs.example:${inside.port}`;
  expect(await ask(proxy.url, `http://${host}/`)).toMatchObject({ status: 502 });
  await expect(tunnel(proxy.url, host)).rejects.toThrow('socket hang up');
  expect(inside.connections()).toBe(0);
});

test('an answer without end is cut off', async () => {
  await using site = await startTestServer((_, answer) => {
    const more = () => answer.write('x'.repeat(10_000), () => setImmediate(more));
    answer.on('error', () => answer.destroy());
    more();
  });
  await using proxy = await proxyFor([site.host], { maxBytes: 100_000 });
  await expect(ask(proxy.url, `${site.origin}/`)).rejects.toThrow('aborted');
});
