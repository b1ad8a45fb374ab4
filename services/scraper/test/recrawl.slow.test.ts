import type { Task } from '@slipstream/contracts';
import { serveManual } from '@slipstream/manual';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scraper, startScraper } from './start-scraper.ts';
import { page, startSite } from './start-site.ts';

const stack = new AsyncDisposableStack();
let scraper: Scraper;
beforeAll(async () => {
  scraper = stack.use(await startScraper());
});
afterAll(() => stack.disposeAsync());

const crawl = (url: string, brand: string) =>
  scraper.engine.completed('scrape-site', { url: `${url}/`, brand });
const scrape = (url: string, brand: string) =>
  scraper.engine.completed('scrape-page', { url, brand });
const urlsOf = async (brand: string) =>
  (await scraper.store.listDocuments({ brand })).map(({ url }) => new URL(url).pathname);
const writes = async () => {
  await scraper.engine.projection.barrier();
  return (await scraper.engine.projection.list({ kind: 'index-write', limit: 500 })).length;
};
/** The first result of its index write, where a page has one. */
const written = async ({ id }: Task) => {
  const [child] = await scraper.engine.projection.ask('childrenOf', id);
  const row = child && (await scraper.engine.projection.task(child.id));
  return JSON.parse(row?.result ?? 'null');
};

test('a second crawl embeds nothing, writes nothing, and does not ask for what its sitemap says is old', async () => {
  await using site = await serveManual();
  await crawl(site.url, 'Twice');
  const [before, embedded, asked] = [await writes(), scraper.embedded.length, site.requests.length];
  expect(embedded).toBeGreaterThan(0);
  const again = await crawl(site.url, 'Twice');
  expect(again).toMatchObject({ state: 'succeeded', children: { failed: 0 } });
  expect([await writes(), scraper.embedded.length]).toEqual([before, embedded]);
  const later = site.requests.slice(asked);
  const sent = later.filter(({ status }) => status !== 304).map(({ path }) => path);
  // Nothing is kept of a page that asks not to be found, or is the copy of another one.
  expect(sent.toSorted()).toEqual(['/', '/reference/beck-preview.html', '/sitemap.xml']);
  const same = later.filter(({ status }) => status === 304).map(({ path }) => path);
  expect(same.every((path) => path.endsWith('.pdf'))).toBe(true);
}, 60_000);

test('where a server knows no validators the text decides, whatever stands around it', async () => {
  let visits = 0;
  await using site = await startSite((path) =>
    path === '/' ? { body: page('This', `<script>${++visits}</script>`) } : { status: 404 },
  );
  await crawl(site.url, 'Hash');
  const before = await writes();
  expect(await crawl(site.url, 'Hash')).toMatchObject({ result: { pages: { unchanged: 1 } } });
  expect([visits, await writes()]).toEqual([2, before]);
});

test('of a page with one changed paragraph only its chunks are embedded anew', async () => {
  const sections = Array.from(
    { length: 12 },
    (_, n) => `Part ${n}: ${'what it says. '.repeat(30)}`,
  );
  await using site = await startSite((path) => {
    const text = sections.map((part, n) => `<h2>Section ${n}</h2><p>${part}</p>`).join('');
    return path === '/a' ? { body: `<main><h1>Manual</h1>${text}</main>` } : { status: 404 };
  });
  await scrape(`${site.url}/a`, 'Chunks');
  const before = scraper.embedded.length;
  expect(before).toBeGreaterThanOrEqual(sections.length);
  sections[6] = 'A paragraph that was written anew.';
  const again = await scrape(`${site.url}/a`, 'Chunks');
  expect(await written(again)).toMatchObject({ added: 1, removed: 1 });
  expect(scraper.embedded.slice(before)).toEqual(['A paragraph that was written anew.']);
});

test('a page that is missing twice leaves the index, and comes back when it does', async () => {
  let isThere = true;
  await using site = await startSite((path) => {
    if (path === '/') return { body: page('Home', isThere ? '<a href="/a">a</a>' : '') };
    return path === '/a' && isThere ? { body: page('The rope') } : { status: 404 };
  });
  await crawl(site.url, 'Gone');
  expect(await urlsOf('Gone')).toEqual(['/', '/a']);
  isThere = false;
  // No link leads to it any more: the crawl asks all the same.
  expect(await crawl(site.url, 'Gone')).toMatchObject({
    result: { failures: { gone: 1 }, failureExamples: { gone: [`${site.url}/a is gone (404)`] } },
  });
  expect(await urlsOf('Gone')).toEqual(['/', '/a']);
  expect(await scraper.store.textSearch('rope', 5, { brand: 'Gone' })).toHaveLength(1);
  expect(await crawl(site.url, 'Gone')).toMatchObject({ result: { pages: { removed: 1 } } });
  expect(await urlsOf('Gone')).toEqual(['/']);
  expect(await scraper.store.textSearch('rope', 5, { brand: 'Gone' })).toEqual([]);
  isThere = true;
  await crawl(site.url, 'Gone');
  expect(await urlsOf('Gone')).toEqual(['/', '/a']);
}, 60_000);

test('a page that was missing once and came back has to be missing twice again', async () => {
  let status = 200;
  await using site = await startSite((path) =>
    path === '/a' ? { status, body: page('Here'), headers: { etag: '"1"' } } : { status: 404 },
  );
  const visit = async (answered: number) => {
    status = answered;
    const { state, result } = await scrape(`${site.url}/a`, 'Back');
    return state === 'failed' ? state : (result as { outcome: string }).outcome;
  };
  const seen: string[] = [];
  for (const answered of [200, 410, 304, 404, 200, 404, 410, 404]) seen.push(await visit(answered));
  expect(seen).toEqual([
    ...['indexed', 'failed', 'unchanged', 'failed', 'unchanged', 'failed', 'removed'],
    // There is nothing left to remove.
    'failed',
  ]);
});

test('an indexed page that asks not to be found any more leaves the index at once', async () => {
  let head = '';
  await using site = await startSite((path) =>
    path === '/a' ? { body: page('Secret', head) } : { status: 404 },
  );
  await scrape(`${site.url}/a`, 'NoIndex');
  head = '<meta name="robots" content="noindex">';
  expect(await scrape(`${site.url}/a`, 'NoIndex')).toMatchObject({
    result: { outcome: 'skipped', reason: 'noindex' },
  });
  expect(await urlsOf('NoIndex')).toEqual([]);
});
