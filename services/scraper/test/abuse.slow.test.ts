import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type PayloadOf, type Task, type Tasks, tasks } from '@slipstream/contracts';
import { submit, taskView } from '@slipstream/tasklog';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../src/fetch/start-test-server.ts';
import { type Scraper, startScraper } from './start-scraper.ts';
import { page } from './start-site.ts';

/** A site that does what it can against whoever reads it, beside a server that nobody may reach. */
const stack = new AsyncDisposableStack();
let scraper: Scraper;
let site: TestServer;
let inside: TestServer;
/** Bytes of the endless page that were taken. */
let sentBytes = 0;

beforeAll(async () => {
  inside = stack.use(await startTestServer((_, answer) => answer.end('secret')));
  site = stack.use(
    await startTestServer(({ url = '/' }, answer) => {
      const path = url.replace(/\?.*/, '');
      if (path === '/robots.txt') return answer.end(`Sitemap: ${site.origin}/millions.xml.gz`);
      answer.setHeader('content-type', path.endsWith('.gz') ? 'application/gzip' : 'text/html');
      if (path === '/gigabyte') return sendGigabyte(answer);
      if (path === '/drip') return drip(answer);
      if (path === '/millions.xml.gz') return sendMillions(answer);
      if (path.startsWith('/loop')) return answer.writeHead(302, { location: `${url}x` }).end();
      if (path === '/inside')
        return answer.writeHead(302, { location: `${inside.origin}/secret` }).end();
      return answer.end(page(path));
    }),
  );
  scraper = stack.use(await startScraper({ SLIPSTREAM_SCRAPE_ALLOW: site.host }));
});
afterAll(() => stack.disposeAsync());

function sendGigabyte(answer: ServerResponse): void {
  const part = '<p>more</p>'.repeat(10_000);
  const all = Readable.from(
    (function* () {
      for (sentBytes = 0; sentBytes < 1_000_000_000; sentBytes += part.length) yield part;
    })(),
  );
  answer.on('close', () => all.destroy());
  all.pipe(answer);
}

function drip(answer: ServerResponse): void {
  const timer = setInterval(() => answer.write('.'), 500);
  answer.on('close', () => clearInterval(timer));
}

function sendMillions(answer: ServerResponse): void {
  const entries = (function* () {
    yield '<urlset>';
    for (let n = 0; n < 1_000_000; n += 1_000)
      yield Array.from(
        { length: 1_000 },
        (_, m) => `<url><loc>${site.origin}/p${n + m}</loc></url>`,
      ).join('');
    yield '</urlset>';
  })();
  const zipped = Readable.from(entries).pipe(createGzip({ level: 1 }));
  answer.on('close', () => zipped.destroy());
  zipped.pipe(answer);
}

async function once(payload: PayloadOf<Tasks['scrape-page']>): Promise<Task> {
  const { bus, log } = scraper.engine;
  const definition = tasks['scrape-page'];
  const { task } = await submit(bus, log, { definition, payload, maxAttempts: 1 });
  return taskView(await scraper.engine.reaches(task.id));
}

test('each attack ends within its limits and says why, and other pages are read meanwhile', async () => {
  const rssBefore = process.memoryUsage.rss();
  let rssMost = 0;
  const watching = setInterval(() => {
    rssMost = Math.max(rssMost, process.memoryUsage.rss());
  }, 20);
  const brand = 'Abuse';
  const attack = (path: string) => once({ url: site.origin + path, brand });
  const attacks = ['/gigabyte', '/loop', '/inside', '/drip'].map(attack);
  const crawling = scraper.engine.completed('scrape-site', {
    url: `${site.origin}/`,
    brand,
    maxPages: 5,
  });
  for (let n = 0; n < 20; n++)
    expect(await attack(`/good/${n}`)).toMatchObject({ result: { outcome: 'indexed' } });

  const ended = await Promise.all(attacks);
  expect(ended.map(({ error }) => error?.code)).toEqual([
    'too-large',
    'too-many-redirects',
    'private-address',
    'fetch-failed',
  ]);
  expect(ended[3]?.error?.message).toContain('did not end within 15000 ms');
  expect(await crawling).toMatchObject({
    state: 'succeeded',
    children: { total: 5 },
    result: { inSitemap: 1_000_000, cut: 999_995, skipped: { 'max-pages': 999_996 } },
  });
  clearInterval(watching);
  expect(sentBytes).toBeLessThan(50_000_000);
  expect(inside.connections()).toBe(0);
  // A million URLs as strings alone would take more.
  expect((rssMost - rssBefore) / 1e6).toBeLessThan(400);
}, 180_000);

test('an inside address is reached in no spelling, by no name, and by no redirect', async () => {
  const { port } = inside;
  const hosts = [
    ...['127.0.0.1', '127.1', '127.0.1', '0177.0.0.1', '0x7f.0.0.1', '0x7f000001', '2130706433'],
    ...['017700000001', '127.0.0.1.', 'localhost', 'LocalHost.', '[::1]', '[::ffff:127.0.0.1]'],
    ...['[::ffff:7f00:1]', '0', '0.0.0.0'],
    ...[
      '[0:0:0:0:0:0:0:1]',
      '[64:ff9b::7f00:1]',
      '169.254.169.254',
      'user:pass@127.0.0.1',
      '%31%32%37.0.0.1',
    ],
  ];
  const urls = hosts.map((host) => `http://${host}:${port}/secret`);
  const ended = await Promise.all(urls.map((url) => once({ url, brand: 'Inside' })));
  expect(ended.map(({ error }, n) => [hosts[n], error?.code])).toEqual(
    hosts.map((host) => [host, 'private-address']),
  );
  expect(inside.connections()).toBe(0);
}, 60_000);
