/**
 * Crawls a site of its own twice with the whole system and prints what the second crawl cost, when
 * nothing has changed; then how fast the fetcher alone is at being told so:
 *
 *   node tools/measure/recrawl.ts [--pages 2000] [--requests 5000] [--lastmod]
 *
 * The site answers 304 to whoever knows its ETags. With `--lastmod` its sitemap says when pages
 * changed, and they are not asked for at all. The embedder is paused: it has nothing to do with it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createFetcher } from '@slipstream/scraper/fetch';
import { type Slipstream, startSlipstream } from '../e2e/slipstream.ts';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '2000' },
    requests: { type: 'string', default: '5000' },
    lastmod: { type: 'boolean', default: false },
  },
});
const pages = Number(values.pages);
const requests = Number(values.requests);

const asked = { sent: 0, same: 0 };
await using site = await serveSite();
await measureFetcher();
await measureCrawls();

/** A site of so many pages of 6 kB, each with an ETag. */
async function serveSite(): Promise<AsyncDisposable & { url: string }> {
  const text = 'The bell rings twice, and the light at its side turns from amber to white. ';
  const server = createServer(({ url = '/', headers }, response) => {
    if (url === '/sitemap.xml') {
      const dated = values.lastmod ? '<lastmod>2026-01-01T00:00:00Z</lastmod>' : '';
      const entries = Array.from(
        { length: pages },
        (_, n) => `<url><loc>http://${headers.host}/p${n}</loc>${dated}</url>`,
      );
      response.writeHead(200, { 'content-type': 'application/xml' });
      response.end(`<urlset>${entries.join('')}</urlset>`);
    } else if (!url.startsWith('/p')) {
      response.writeHead(404).end();
    } else if (headers['if-none-match'] === `"${url}"`) {
      asked.same += 1;
      response.writeHead(304).end();
    } else {
      asked.sent += 1;
      response.writeHead(200, { 'content-type': 'text/html', etag: `"${url}"` });
      const links = `<nav>${'<a href="/p0">Start</a>'.repeat(150)}</nav>`;
      response.end(`${links}<main><h1>Page ${url}</h1><p>${text.repeat(8)}</p></main>`);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function measureFetcher(): Promise<void> {
  await using fetcher = createFetcher({ allow: ['127.0.0.1'], userAgent: 'Measure', delayMs: 0 });
  const { signal } = new AbortController();
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    let next = 0;
    const fetchAll = async (): Promise<void> => {
      while (next < requests) {
        const path = `/p${next++ % pages}`;
        const previous = { etag: `"${path}"` };
        const { outcome } = await fetcher.fetch(site.url + path, {
          accept: 'page',
          signal,
          previous,
        });
        if (outcome !== 'unchanged') throw new Error(`${path} was ${outcome}`);
      }
    };
    await Promise.all(Array.from({ length: 12 }, fetchAll));
    rounds.push(Math.round((requests / (performance.now() - began)) * 1_000));
  }
  print(`fetcher alone, ${requests} answers of 304, three rounds: ${rounds.join(', ')} requests/s`);
}

async function measureCrawls(): Promise<void> {
  await using system = await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host });
  process.kill(system.pidOf('embedder') ?? 0, 'SIGSTOP');
  await crawl(system, 'first crawl');
  await crawl(system, 'second crawl');
  await crawl(system, 'third crawl');
}

async function crawl(system: Slipstream, name: string): Promise<void> {
  const before = await counts(system);
  Object.assign(asked, { sent: 0, same: 0 });
  const began = performance.now();
  const body = { url: `${site.url}/p0`, brand: 'Measured', mode: 'site', maxPages: pages };
  const { id } = (await system.post('/v1/scrapes', body)).body;
  await settled(system, id);
  const ms = performance.now() - began;
  const after = await counts(system);
  const perSecond = Math.round((pages / ms) * 1_000);
  print(
    `${name}: ${pages} pages in ${Math.round(ms)} ms, ${perSecond} pages/s durable; ` +
      `embeddings=${after.embeddings - before.embeddings}, index writes=${after.writes - before.writes}; ` +
      `the site sent ${asked.sent} pages and ${asked.same} times 304`,
  );
}

/** Waits until the crawl has ended, or nothing but the embeddings of its pages is left of it. */
async function settled(system: Slipstream, id: string): Promise<void> {
  for (;;) {
    const { state, error } = await system.get(`/v1/tasks/${id}`);
    if (state === 'succeeded') return;
    if (error) throw new Error(`the crawl failed: ${error.message}`);
    if (asked.sent === pages && (await isWritten(system))) return;
    await sleep(100);
  }
}

async function isWritten(system: Slipstream): Promise<boolean> {
  const { items } = await system.get<{ items: Queue[] }>('/v1/queues');
  const open = items.some(
    ({ category, waiting, inHand }) =>
      /^(scraping|ingestion)$/.test(category) && waiting + inHand > 0,
  );
  return !open && (await countOf(system, 'index-write')) >= pages;
}

interface Queue {
  readonly category: string;
  readonly waiting: number;
  readonly inHand: number;
}

async function counts(system: Slipstream) {
  const embeddings = await countOf(system, 'embed-chunks');
  return { embeddings, writes: await countOf(system, 'index-write') };
}

async function countOf({ get }: Slipstream, kind: string): Promise<number> {
  let count = 0;
  for (let cursor: string | null = ''; cursor !== null; ) {
    const more: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: unknown[]; nextCursor: string | null } = await get(
      `/v1/tasks?kind=${kind}&limit=500${more}`,
    );
    count += page.items.length;
    cursor = page.nextCursor;
  }
  return count;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
