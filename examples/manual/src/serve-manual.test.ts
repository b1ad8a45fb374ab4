import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { serveManual } from './serve-manual.ts';

test('a page that has not changed answers 304 to its ETag and to its date', async () => {
  await using manual = await serveManual();
  const url = `${manual.url}/models/tarn-2.html`;
  const first = await fetch(url);
  const etag = first.headers.get('etag') ?? '';
  const modified = first.headers.get('last-modified') ?? '';
  expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  expect((await fetch(url, { headers: { 'if-modified-since': modified } })).status).toBe(304);
  expect((await fetch(url, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  expect(manual.requests.map(({ status }) => status)).toEqual([200, 304, 304, 200]);
});

test('robots.txt and the sitemap carry the host of the request', async () => {
  await using manual = await serveManual();
  const robots = await (await fetch(`${manual.url}/robots.txt`)).text();
  const sitemap = await (await fetch(`${manual.url}/sitemap.xml`)).text();
  expect(robots).toContain(`Sitemap: ${manual.url}/sitemap.xml`);
  expect(sitemap).toContain(`<loc>${manual.url}/index.html</loc>`);
});

test('the slash is the index, an old path is a 301, an unknown one a 404 page', async () => {
  await using manual = await serveManual();
  const moved = await fetch(`${manual.url}/how-to/firmware.html`, { redirect: 'manual' });
  const missing = await fetch(`${manual.url}/models/tarn-3.html`);
  expect((await fetch(`${manual.url}/`)).status).toBe(200);
  expect([moved.status, moved.headers.get('location')]).toEqual([
    301,
    '/how-to/update-firmware.html',
  ]);
  expect([missing.status, (await missing.text()).includes('Page not found')]).toEqual([404, true]);
});

test('HEAD tells the length without a body, POST is refused', async () => {
  await using manual = await serveManual();
  const url = `${manual.url}/downloads/quillmere-owners-handbook.pdf`;
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.headers.get('content-type')).toBe('application/pdf');
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(10_000);
  expect((await head.arrayBuffer()).byteLength).toBe(0);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

test.for([
  '/../package.json',
  '/..%2fpackage.json',
  '/models/..%2f..%2f..%2fpackage.json',
  '//etc/passwd',
])('the path %s does not leave the site', async (path) => {
  await using manual = await serveManual();
  const asked = request(manual.url, { path }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  expect(response.statusCode).toBe(404);
});

test('a taken port ends the process with its number and its variable in the message', async () => {
  await using manual = await serveManual();
  const port = new URL(manual.url).port;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, SLIPSTREAM_MANUAL_PORT: port },
  });
  const [message, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect(message).toContain(`Port ${port} is taken. Set SLIPSTREAM_MANUAL_PORT`);
  expect(code).toBe(1);
});

test('the process says where it is and stops on SIGTERM', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...process.env, SLIPSTREAM_MANUAL_PORT: '0' },
  });
  const [line] = await once(child.stdout, 'data');
  expect(String(line)).toMatch(
    /^The Quillmere manual is at http:\/\/127\.0\.0\.1:\d+\/index\.html\n$/,
  );
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
