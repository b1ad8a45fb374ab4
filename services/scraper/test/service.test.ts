import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brandToken, tasks } from '@slipstream/contracts';
import { admit, conduct } from '@slipstream/flows';
import { indexVersion, putBlob } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { serveManual } from '@slipstream/manual';
import { submit, taskView } from '@slipstream/tasklog';
import { type Engine, startEngine } from '@slipstream/testkit';
import { type Pool, runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

/** The scraper with a conductor, and embedding tasks that end at once: vectors are another service's. */
const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  engine = stack.use(await startEngine());
  const { bus, log, projection, parts, nats, dir } = engine;
  const stop = new AbortController();
  const conducting = conduct({ bus, log, projection, tasks, logger: parts.logger }, stop.signal);
  const limiting = admit({ bus, log, tasks, logger: parts.logger }, stop.signal);
  stack.defer(async () => {
    stop.abort();
    await Promise.all([conducting, limiting]);
  });
  stack.use<Pool>(
    runPool(parts, {
      category: 'embedding',
      tasks,
      slots: 3,
      handlers: {
        'embed-chunks': async () => ({ embedded: 0, embedder: 'none' }),
        'embed-texts': async () => ({ vectors: [], embedder: 'none', dimensions: 0 }),
      },
    }),
  );
  stack.use(
    await startService(
      readConfig({
        SLIPSTREAM_NATS_URL: nats.url,
        SLIPSTREAM_DATA_DIR: dir,
        SLIPSTREAM_OPS_PORT: '0',
        SLIPSTREAM_LOG_LEVEL: 'silent',
        SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1',
        SLIPSTREAM_ACCELERATORS_DIR: dir,
      }),
    ),
  );
});
afterAll(() => stack.disposeAsync());

const documentsOf = async (brand: string) => {
  await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
  return store.listDocuments({ brand });
};

/** A site of the test's own: a function from path to answer. */
async function startSite(
  answer: (path: string) => { status?: number; body?: string | Buffer; headers?: object },
) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    seen.push(path);
    const { status = 200, body = '', headers } = answer(path);
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const page = (text: string, more = ''): string =>
  `<!doctype html><title>T</title>${more}<main><h1>Title</h1><p>${text} is told on this page.</p></main>`;

test('the whole sample site is indexed, with its PDFs, and nothing that it forbids', async () => {
  await using site = await serveManual();
  const crawl = await engine.completed('scrape-site', {
    url: `${site.url}/index.html`,
    brand: 'Quillmere',
  });
  expect(crawl).toMatchObject({ state: 'succeeded', children: { failed: 0, cancelled: 0 } });
  const paths = (await documentsOf('Quillmere')).map(({ url }) => new URL(url).pathname);
  expect(paths.filter((path) => path.endsWith('.html'))).toHaveLength(40);
  expect(paths.filter((path) => path.endsWith('.pdf'))).toHaveLength(2);
  expect(paths.some((path) => path.startsWith('/internal/'))).toBe(false);
  expect(site.requests.some(({ path }) => path.startsWith('/internal/'))).toBe(false);
}, 60_000);

test('a second crawl of an unchanged site writes nothing and asks with validators', async () => {
  await using site = await serveManual();
  const payload = { url: `${site.url}/index.html`, brand: 'Twice' };
  await engine.completed('scrape-site', payload);
  const before = (await engine.projection.list({ kind: 'index-write', limit: 500 })).length;
  const version = await indexVersion(engine.bus, 'Twice');
  expect(version).toBeGreaterThan(0);
  const again = await engine.completed('scrape-site', payload);
  expect(again).toMatchObject({ state: 'succeeded', children: { failed: 0 } });
  expect(await indexVersion(engine.bus, 'Twice')).toBe(version);
  await engine.projection.barrier();
  const writes = await engine.projection.list({ kind: 'index-write', limit: 500 });
  expect(writes.length).toBe(before);
  expect(site.requests.some(({ status }) => status === 304)).toBe(true);
}, 60_000);

test('a page that is busy twice is scraped at its third attempt', async () => {
  let asked = 0;
  await using site = await startSite((path) => {
    if (path !== '/a.html') return { status: 404 };
    asked += 1;
    return asked < 3 ? { status: 503, headers: { 'retry-after': '0' } } : { body: page('All') };
  });
  const task = await engine.completed('scrape-page', { url: `${site.url}/a.html`, brand: 'Busy' });
  expect(task).toMatchObject({ state: 'succeeded', attempt: 3, result: { outcome: 'indexed' } });
});

test('a missing page fails at once and says that it is gone', async () => {
  await using site = await startSite(() => ({ status: 404 }));
  const task = await engine.completed('scrape-page', { url: `${site.url}/no.html`, brand: 'B' });
  expect(task).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'gone' } });
});

test('a private address is never asked and the task says why', async () => {
  const task = await engine.completed('scrape-page', { url: 'http://10.0.0.1/x', brand: 'B' });
  expect(task).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'private-address' } });
});

test('a site whose robots.txt cannot be read is left alone until it can', async () => {
  await using site = await startSite((path) =>
    path === '/robots.txt' ? { status: 500 } : { body: page('Never') },
  );
  const { task } = await submit(engine.bus, engine.log, {
    definition: tasks['scrape-page'],
    payload: { url: `${site.url}/a.html`, brand: 'B' },
    maxAttempts: 1,
  });
  const view = taskView(await engine.reaches(task.id));
  expect(view.error?.code).toBe('robots-unreachable');
  expect(site.seen.filter((path) => path !== '/robots.txt')).toEqual([]);
});

test('maxPages cuts a crawl and the result says how much was left', async () => {
  await using site = await startSite((path) => {
    if (path === '/robots.txt') return { status: 404 };
    const urls = Array.from({ length: 30 }, (_, n) => `<url><loc>${site.url}/p${n}</loc></url>`);
    if (path === '/sitemap.xml') {
      const headers = { 'content-type': 'application/xml' };
      return { headers, body: `<urlset>${urls.join('')}</urlset>` };
    }
    return { body: page(path) };
  });
  const crawl = await engine.completed('scrape-site', {
    url: `${site.url}/`,
    brand: 'Cut',
    maxPages: 10,
  });
  expect(crawl).toMatchObject({ result: { inSitemap: 30, cut: 20 }, children: { total: 10 } });
}, 30_000);

test.each([
  ['text/markdown', '# Rope\n\nA rope of Quillmere carries 80 kilograms.', 'Rope'],
  ['text/plain', 'Rope\n\nA rope of Quillmere carries 80 kilograms.', 'Rope'],
  ['text/html', page('A rope of Quillmere carries 80 kilograms and'), 'Title'],
])('an uploaded %s file is indexed under its title', async (contentType, text, title) => {
  const file = await putBlob(engine.bus, brandToken('Up'), Buffer.from(text));
  const url = `https://upload.invalid/${contentType}`;
  const task = await engine.completed('ingest-document', { brand: 'Up', url, file, contentType });
  expect(task).toMatchObject({ state: 'succeeded', result: { outcome: 'indexed', title } });
});

test('a broken PDF fails and says so, and does not stop anything else', async () => {
  const file = await putBlob(engine.bus, brandToken('Up'), Buffer.from('%PDF-1.7\nnot really'));
  const task = await engine.completed('ingest-document', {
    brand: 'Up',
    url: 'https://upload.invalid/broken.pdf',
    file,
  });
  expect(task).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'broken-pdf' } });
});

test('without a browser, a page that must be rendered names the command that adds one', async () => {
  await using site = await startSite(() => ({ body: page('Nothing') }));
  const url = `${site.url}/app.html`;
  const task = await engine.completed('scrape-page', { url, brand: 'App', render: 'always' });
  expect(task).toMatchObject({
    state: 'failed',
    error: {
      code: 'render-unavailable',
      message: expect.stringContaining('npm run add -- chromium'),
    },
  });
  expect(site.seen).not.toContain('/app.html');
});

test('without a browser, a page without text and with scripts is read as it is', async () => {
  await using site = await startSite((path) =>
    path === '/app.html' ? { body: page('Little', '<script>1</script>') } : { status: 404 },
  );
  const task = await engine.completed('scrape-page', {
    url: `${site.url}/app.html`,
    brand: 'Thin',
  });
  expect(task).toMatchObject({ state: 'succeeded', result: { outcome: 'indexed' } });
});
