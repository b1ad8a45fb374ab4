import { brandToken, tasks } from '@slipstream/contracts';
import { putBlob } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import { serveManual } from '@slipstream/manual';
import { submit, taskView } from '@slipstream/tasklog';
import type { Engine } from '@slipstream/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScraper } from './start-scraper.ts';
import { page, sitemap, startSite } from './start-site.ts';

const stack = new AsyncDisposableStack();
let engine: Engine;
let store: KnowledgeStore;
beforeAll(async () => {
  ({ engine, store } = stack.use(await startScraper()));
});
afterAll(() => stack.disposeAsync());

const documentsOf = (brand: string) => store.listDocuments({ brand });

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
  expect(view.error).toMatchObject({
    code: 'robots-unreachable',
    message: expect.stringContaining('cannot be read (answered 500)'),
  });
  expect(site.seen.filter((path) => path !== '/robots.txt')).toEqual([]);
});

test('maxPages cuts a crawl and the result says how much was left', async () => {
  await using site = await startSite((path) => {
    if (path === '/robots.txt') return { status: 404 };
    if (path !== '/sitemap.xml') return { body: page(path) };
    return sitemap(Array.from({ length: 30 }, (_, n) => ({ loc: `${site.url}/p${n}` })));
  });
  const crawl = await engine.completed('scrape-site', {
    url: `${site.url}/`,
    brand: 'Cut',
    maxPages: 10,
  });
  expect(crawl).toMatchObject({
    children: { total: 10 },
    // Of the sitemap, and the page that the crawl began with.
    result: { inSitemap: 30, cut: 20, skipped: { 'max-pages': 21 }, pages: { indexed: 10 } },
  });
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
