import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scraper, startScraper } from './start-scraper.ts';
import { page, sitemap, startSite } from './start-site.ts';

const stack = new AsyncDisposableStack();
let scraper: Scraper;
beforeAll(async () => {
  scraper = stack.use(await startScraper());
});
afterAll(() => stack.disposeAsync());

const link = (href: string, rel = '') => `<a href="${href}" rel="${rel}">x</a>`;

test('a crawl says of each link why it was not followed, how often, and which for example', async () => {
  const links = [
    ...['/docs/robots/a', '/docs/old/a', '/blog/', 'https://elsewhere.example/', '/docs/pic.png'],
    ...['/docs/noindex', '/docs/copy', '/docs/moved', '/docs/away', '/docs/video', '/docs/gone'],
    ...['/docs/deep', '/docs/fine', '/docs/secret'],
  ];
  const pages: Record<string, { status?: number; body?: string; headers?: object }> = {
    '/robots.txt': { body: 'User-agent: *\nDisallow: /docs/robots/', headers: {} },
    '/docs/': {
      body: page(
        'Start',
        links.map((href) => link(href)).join('') + link('/docs/paid', 'nofollow'),
      ),
    },
    '/docs/fine': { body: page('Fine') },
    '/docs/noindex': { body: page('No', '<meta name="robots" content="noindex">') },
    '/docs/secret': { body: page('No'), headers: { 'x-robots-tag': 'noindex, nofollow' } },
    '/docs/copy': { body: page('Copy', '<link rel="canonical" href="/docs/fine">') },
    '/docs/moved': { status: 301, headers: { location: '/docs/fine' } },
    '/docs/away': { status: 302, headers: { location: 'https://elsewhere.example/x' } },
    '/docs/video': { body: 'x', headers: { 'content-type': 'video/mp4' } },
    '/docs/deep': { body: page('Deep', link('/docs/deeper')) },
    '/docs/deeper': { body: page('Deeper', link('/docs/deepest')) },
  };
  await using site = await startSite((path) => pages[path] ?? { status: 404 });
  const crawl = await scraper.engine.completed('scrape-site', {
    url: `${site.url}/docs/`,
    brand: 'Reasons',
    exclude: ['/docs/old/**'],
    maxDepth: 1,
  });
  expect(crawl.result).toMatchObject({
    pages: { indexed: 3, skipped: 6, failed: 1 },
    failures: { gone: 1 },
    failureExamples: { gone: [`${site.url}/docs/gone is gone (404)`] },
    skipped: {
      ...{ robots: 1, excluded: 1, 'outside-path': 1, 'other-origin': 1, 'not-a-page': 1 },
      ...{ noindex: 2, copy: 1, redirect: 1, 'redirect-refused': 1, 'content-type': 1 },
      ...{ nofollow: 1, 'too-deep': 1 },
    },
    examples: {
      robots: [`${site.url}/docs/robots/a`],
      'other-origin': ['https://elsewhere.example/'],
      nofollow: [`${site.url}/docs/paid`],
      copy: [`${site.url}/docs/copy`],
      'too-deep': [`${site.url}/docs/deeper`],
    },
  });
}, 30_000);

test('sitemaps in an index, zipped or not, are read; what is wrong with one is said', async () => {
  await using site = await startSite((path) => {
    const at = (name: string) => ({ loc: `${site.url}/${name}` });
    switch (path) {
      case '/robots.txt':
        return {
          body: `Sitemap: ${site.url}/index.xml`,
          headers: { 'content-type': 'text/plain' },
        };
      case '/index.xml': {
        const names = ['one.xml.gz', 'two.xml', 'three.xml'];
        const body = names.map((name) => `<sitemap><loc>${at(name).loc}</loc></sitemap>`).join('');
        return { ...sitemap([]), body: `<sitemapindex>${body}</sitemapindex>` };
      }
      case '/one.xml.gz': {
        const headers = { 'content-type': 'application/gzip' };
        return { headers, body: gzipSync(String(sitemap([at('a'), at('b'), at('a')]).body)) };
      }
      case '/two.xml':
        return sitemap([at('b'), at('c'), { loc: 'https://elsewhere.example/' }]);
      case '/three.xml':
        return { status: 500 };
      default:
        return { body: page(path) };
    }
  });
  const crawl = await scraper.engine.completed('scrape-site', {
    url: `${site.url}/`,
    brand: 'Index',
  });
  expect(crawl.result).toMatchObject({
    inSitemap: 3,
    cut: 0,
    pages: { indexed: 4 },
    sitemapProblems: [`${site.url}/three.xml answered 500`],
    skipped: { 'other-origin': 1 },
  });
}, 30_000);

test('selectors of a source decide what is read of its pages, and new ones count at once', async () => {
  const body = '<main><h1>Rope</h1><p class="ad">Buy rope now.</p><p>Twelve metres.</p></main>';
  await using site = await startSite((path) =>
    path === '/a' ? { body, headers: { etag: '"1"' } } : { status: 404 },
  );
  const payload = { url: `${site.url}/a`, brand: 'Selectors' };
  const texts = async () => {
    const hits = await scraper.store.textSearch('rope metres', 5, { brand: payload.brand });
    return hits.map(({ chunk }) => chunk.text);
  };
  await scraper.engine.completed('scrape-page', payload);
  expect(await texts()).toEqual(['Buy rope now.\n\nTwelve metres.']);
  const selectors = { remove: ['.ad'] };
  await scraper.engine.completed('scrape-page', { ...payload, selectors });
  expect(await texts()).toEqual(['Twelve metres.']);
  expect(await scraper.engine.completed('scrape-page', { ...payload, selectors })).toMatchObject({
    result: { outcome: 'unchanged' },
  });
  expect(
    await scraper.engine.completed('scrape-page', { ...payload, selectors: { main: 'p:not(' } }),
  ).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'invalid-selector' } });
}, 30_000);
