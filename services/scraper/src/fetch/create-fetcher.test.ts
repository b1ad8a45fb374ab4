import type { RequestListener, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decodeText } from '@slipstream/documents';
import { expect, test, vi } from 'vitest';
import { createFetcher, type FetcherOptions, type FetchOptions } from './create-fetcher.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

const signal = new AbortController().signal;
const page: FetchOptions = { accept: 'page', signal };
const html = { 'content-type': 'text/html; charset=utf-8' };

/** A fetcher that may reach the servers. */
function fetcherFor(servers: readonly TestServer[], options: Partial<FetcherOptions> = {}) {
  const allow = servers.map(({ host }) => host);
  return createFetcher({ allow, userAgent: 'TestBot/1.0', delayMs: 0, ...options });
}

function send(response: ServerResponse, status: number, headers = {}, body: string | Buffer = '') {
  response.writeHead(status, headers).end(body);
}

/** One fetch of one answer. */
async function fetchFrom(
  listener: RequestListener,
  call: Partial<FetchOptions> = {},
  options = {},
) {
  await using site = await startTestServer(listener);
  await using fetcher = fetcherFor([site], options);
  return await fetcher.fetch(`${site.origin}/page`, { ...page, ...call });
}

test('a page comes with its bytes, type and validators, and the server learns who asks', async () => {
  let asked: unknown;
  const result = await fetchFrom((request, response) => {
    asked = request.headers;
    send(
      response,
      200,
      { ...html, etag: '"1"', 'last-modified': 'Mon', 'x-robots-tag': 'noindex' },
      '<p>é',
    );
  });
  expect(result).toMatchObject({
    outcome: 'ok',
    status: 200,
    contentType: 'text/html; charset=utf-8',
    etag: '"1"',
    lastModified: 'Mon',
    robotsTag: 'noindex',
  });
  expect(result.outcome === 'ok' && decodeText(result.bytes, result.contentType)).toBe('<p>é');
  expect(asked).toMatchObject({ 'user-agent': 'TestBot/1.0', 'accept-encoding': 'gzip, br' });
});

test('with validators a server can say that nothing has changed; without them 304 makes no sense', async () => {
  const listener: RequestListener = (request, response) =>
    send(response, request.headers['if-none-match'] === '"1"' ? 304 : 200, html, '');
  expect(await fetchFrom(listener, { previous: { etag: '"1"' } })).toMatchObject({
    outcome: 'unchanged',
  });
  expect(await fetchFrom(listener, { previous: { etag: '"0"' } })).toMatchObject({ outcome: 'ok' });
  expect(await fetchFrom((_, response) => send(response, 304))).toMatchObject({
    outcome: 'denied',
    why: 'status',
  });
});

test.each([
  [404, {}, { outcome: 'gone', status: 404 }],
  [410, {}, { outcome: 'gone', status: 410 }],
  [403, {}, { outcome: 'denied', why: 'status', status: 403 }],
  [429, { 'retry-after': '7' }, { outcome: 'retry', why: 'status', status: 429, afterMs: 7_000 }],
  [503, {}, { outcome: 'retry', why: 'status', status: 503 }],
])('%i %o is %o', async (status, headers, expected) => {
  expect(await fetchFrom((_, response) => send(response, status, headers))).toMatchObject(expected);
});

test('redirects are followed to the end, relative and without fragment', async () => {
  await using site = await startTestServer(({ url }, response) =>
    url === '/a'
      ? send(response, 301, { location: 'b?x=1#part' })
      : url === '/b?x=1'
        ? send(response, 307, { location: '/c' })
        : send(response, 200, html, 'end'),
  );
  await using fetcher = fetcherFor([site]);
  expect(await fetcher.fetch(`${site.origin}/a`, page)).toMatchObject({
    outcome: 'ok',
    url: `${site.origin}/c`,
  });
  expect(site.seen).toEqual(['/a', '/b?x=1', '/c']);
  const mayFollow = (url: string) => url.endsWith('/c');
  expect(await fetcher.fetch(`${site.origin}/a`, { ...page, mayFollow })).toMatchObject({
    outcome: 'denied',
    why: 'redirect-refused',
    url: `${site.origin}/b?x=1`,
  });
});

test('redirects without end are given up after five', async () => {
  await using site = await startTestServer(({ url }, response) =>
    send(response, 302, { location: `${url}x` }),
  );
  await using fetcher = fetcherFor([site]);
  expect(await fetcher.fetch(`${site.origin}/`, page)).toMatchObject({
    outcome: 'denied',
    why: 'too-many-redirects',
  });
  expect(site.seen).toHaveLength(6);
});

test('a redirect to a private address is not followed, in no spelling', async () => {
  await using inside = await startTestServer((_, response) => send(response, 200, html, 'secret'));
  const { port } = inside;
  const spellings = [
    `127.0.0.1:${port}`,
    `2130706433:${port}`,
    `0x7f.1:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `localhost:${port}`,
    `localhost.:${port}`,
    `0177.0.0.1:${port}`,
    `１２７.0.0.1:${port}`,
    `①②⑦.0.0.1:${port}`,
    `127。0。0。1:${port}`,
    '0.0.0.0',
  ].map((host) => host.replace(/\P{ASCII}/gu, encodeURIComponent));
  await using site = await startTestServer(({ url }, response) =>
    send(response, 302, { location: `http://${spellings[Number(url?.slice(1))]}/secret` }),
  );
  await using fetcher = fetcherFor([site]);
  for (const [n] of spellings.entries())
    expect(await fetcher.fetch(`${site.origin}/${n}`, page)).toMatchObject({
      outcome: 'denied',
      why: 'private-address',
    });
  expect(inside.seen).toEqual([]);
});

test('a redirect to a file, and a URL with a password, are not followed', async () => {
  for (const [location, why] of [
    ['file:///etc/passwd', 'not-http'],
    ['http://a:b@127.0.0.1/', 'credentials'],
    ['http://[', 'invalid-url'],
  ])
    expect(await fetchFrom((_, response) => send(response, 302, { location }))).toMatchObject({
      outcome: 'denied',
      why,
    });
});

test('a name that resolves to a private address is refused where the connection is made', async () => {
  await using inside = await startTestServer((_, response) => send(response, 200, html, 'secret'));
  await using fetcher = fetcherFor([], {
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  expect(await fetcher.fetch(`http://rebind.example:${inside.port}/`, page)).toMatchObject({
    outcome: 'denied',
    why: 'private-address',
    message: expect.stringContaining('rebind.example resolves to 127.0.0.1'),
  });
  expect(inside.seen).toEqual([]);
});

test('a name that changes its address between check and connection is not asked twice', async () => {
  await using site = await startTestServer((_, response) => send(response, 200, html, 'ok'));
  const answers = ['127.0.0.1', '169.254.169.254'];
  const resolve = async () => [{ address: answers.shift() ?? '10.0.0.1', family: 4 }];
  await using fetcher = fetcherFor([site], { resolve });
  expect(await fetcher.fetch(`http://rebind.example:${site.port}/`, page)).toMatchObject({
    outcome: 'ok',
  });
  expect(answers).toEqual(['169.254.169.254']);
});

test('a listed name is reached whatever its address, and only on its port', async () => {
  await using site = await startTestServer((_, response) => send(response, 200, html, 'ok'));
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  await using fetcher = fetcherFor([], { allow: [`wiki.corp:${site.port}`], resolve });
  expect(await fetcher.fetch(`http://wiki.corp:${site.port}/`, page)).toMatchObject({
    outcome: 'ok',
  });
  expect(await fetcher.fetch('http://wiki.corp/', page)).toMatchObject({ outcome: 'denied' });
});

test('what is no text for us is refused by its type, and its body is not waited for', async () => {
  const closed = vi.fn();
  const result = await fetchFrom((_, response) => {
    response.on('close', closed);
    response.writeHead(200, { 'content-type': 'video/mp4' }).write('x'.repeat(1_000));
  });
  expect(result).toMatchObject({ outcome: 'denied', why: 'content-type' });
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});

test('where the header says nothing the bytes tell what it is', async () => {
  const shown = (body: string, type?: string) =>
    fetchFrom((_, response) => send(response, 200, type ? { 'content-type': type } : {}, body));
  expect(await shown('<!DOCTYPE html><p>x')).toMatchObject({
    outcome: 'ok',
    contentType: 'text/html',
  });
  expect(await shown('%PDF-1.7', 'application/octet-stream')).toMatchObject({
    contentType: 'application/pdf',
  });
  expect(await shown('\0\x01\x02', 'application/octet-stream')).toMatchObject({
    outcome: 'denied',
    why: 'content-type',
  });
});

test('compressed bodies are unpacked, and a broken one is tried again later', async () => {
  const packed = (encoding: string, body: Buffer) =>
    fetchFrom((_, response) =>
      send(response, 200, { ...html, 'content-encoding': encoding }, body),
    );
  const text = Buffer.from('<p>text');
  expect(await packed('gzip', gzipSync(text))).toMatchObject({ outcome: 'ok', bytes: text });
  expect(await packed('br', brotliCompressSync(text))).toMatchObject({
    outcome: 'ok',
    bytes: text,
  });
  expect(await packed('gzip', gzipSync(text).subarray(0, 15))).toMatchObject({
    outcome: 'retry',
    why: 'Z_BUF_ERROR',
  });
  expect(await packed('zpaq', text)).toMatchObject({ outcome: 'denied', why: 'content-encoding' });
});

test('a gzip bomb is stopped at the limit of the unpacked bytes', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  const seen: number[] = [];
  const result = await fetchFrom(
    (_, response) => send(response, 200, { ...html, 'content-encoding': 'gzip' }, bomb),
    { onProgress: (done) => seen.push(done) },
  );
  expect(result).toMatchObject({ outcome: 'denied', why: 'too-large' });
  expect(seen.at(-1)).toBeLessThan(5_200_000);
});

test('a PDF may be larger than a page, and has an end too', async () => {
  const limits = { maxPageBytes: 1_000, maxLargeBytes: 3_000 };
  const sized = (bytes: number, type: string) =>
    fetchFrom(
      (_, response) => send(response, 200, { 'content-type': type }, Buffer.alloc(bytes)),
      { accept: 'document' },
      { limits },
    );
  expect(await sized(2_000, 'application/pdf')).toMatchObject({ outcome: 'ok' });
  expect(await sized(4_000, 'application/pdf')).toMatchObject({
    outcome: 'denied',
    why: 'too-large',
  });
  expect(await sized(2_000, 'text/html')).toMatchObject({ outcome: 'denied', why: 'too-large' });
});

test('a robots.txt that is too long is cut, of whatever type it is', async () => {
  const result = await fetchFrom(
    (_, response) =>
      send(response, 200, { 'content-type': 'application/json' }, 'x'.repeat(600_000)),
    { accept: 'robots' },
  );
  expect(result.outcome === 'ok' && result.bytes.length).toBe(512_000);
});

test('progress tells the bytes so far, and all of them if the server says', async () => {
  const seen: unknown[] = [];
  await fetchFrom(
    (_, response) => send(response, 200, { ...html, 'content-length': '5' }, 'hello'),
    {
      onProgress: (done, total) => seen.push([done, total]),
    },
  );
  expect(seen).toEqual([[5, 5]]);
});

test('a server that drips is left at the deadline of the body', async () => {
  const result = await fetchFrom(
    (_, response) => {
      response.writeHead(200, html);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    },
    {},
    { limits: { bodyMs: 200 } },
  );
  expect(result).toMatchObject({ outcome: 'retry', why: 'body-timeout' });
});

test('a server that does not answer, hangs up or is not there is tried again later', async () => {
  const limits = { headersMs: 200 };
  expect(await fetchFrom(() => undefined, {}, { limits })).toMatchObject({
    outcome: 'retry',
    why: 'UND_ERR_HEADERS_TIMEOUT',
  });
  expect(await fetchFrom(({ socket }) => socket.destroy())).toMatchObject({
    outcome: 'retry',
    why: 'UND_ERR_SOCKET',
  });
  const gone = await startTestServer(() => undefined);
  await gone[Symbol.asyncDispose]();
  await using fetcher = fetcherFor([gone]);
  expect(await fetcher.fetch(gone.origin, page)).toMatchObject({
    outcome: 'retry',
    why: 'ECONNREFUSED',
  });
});

test('a connection that breaks off before the answer is tried once more at once', async () => {
  let broken = 0;
  const result = await fetchFrom(({ socket }, response) => {
    if (broken++ === 0) socket.destroy();
    else send(response, 200, html, 'x');
  });
  expect(result).toMatchObject({ outcome: 'ok' });
  expect(broken).toBe(2);
});

test('an abort is thrown as it came', async () => {
  const controller = new AbortController();
  const stopped = new Error('stopped');
  const listener: RequestListener = (_, response) => {
    response.writeHead(200, html).write('x');
    controller.abort(stopped);
  };
  await expect(fetchFrom(listener, { signal: controller.signal })).rejects.toBe(stopped);
});

test('connections are reused, and never more than the limit', async () => {
  await using site = await startTestServer((_, response) => send(response, 200, html, 'x'));
  await using fetcher = fetcherFor([site]);
  for (let round = 0; round < 3; round++)
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => fetcher.fetch(`${site.origin}/${n}`, page)),
    );
  expect(site.seen).toHaveLength(30);
  expect(site.connections()).toBe(6);
});

test('a host that is not listed gets two connections and its delay', async () => {
  await using site = await startTestServer((_, response) => send(response, 200, html, 'x'));
  // The address is listed, the name that leads there is not.
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  await using fetcher = fetcherFor([site], { resolve, delayMs: 40 });
  const startMs = performance.now();
  const url = `http://docs.example:${site.port}/`;
  await Promise.all(Array.from({ length: 5 }, () => fetcher.fetch(url, page)));
  expect(performance.now() - startMs).toBeGreaterThan(155);
  expect(site.connections()).toBeLessThanOrEqual(2);
});

test('a host that asked to be left alone is not asked again before its time', async () => {
  await using site = await startTestServer((_, response) =>
    send(response, 503, { 'retry-after': '600' }),
  );
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  await using fetcher = fetcherFor([site], { resolve });
  const url = `http://docs.example:${site.port}/`;
  expect(await fetcher.fetch(url, page)).toMatchObject({
    outcome: 'retry',
    status: 503,
    afterMs: 600_000,
  });
  expect(await fetcher.fetch(url, page)).toMatchObject({ outcome: 'retry', why: 'host-busy' });
  expect(site.seen).toHaveLength(1);
});
