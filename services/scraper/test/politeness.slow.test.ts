import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Task, tasks } from '@slipstream/contracts';
import { admit, conduct } from '@slipstream/flows';
import { taskView } from '@slipstream/tasklog';
import { type Engine, startEngine, untilDisposed, withRest } from '@slipstream/testkit';
import { runPool } from '@slipstream/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Three scrapers, each a process of its own as in production. */
const stack = new AsyncDisposableStack();
let engine: Engine;
beforeAll(async () => {
  engine = stack.use(await startEngine());
  const { bus, log, projection, parts } = engine;
  stack.use(
    untilDisposed((signal) =>
      conduct({ bus, log, projection, tasks, logger: parts.logger }, signal),
    ),
  );
  stack.use(untilDisposed((signal) => admit({ bus, log, tasks, logger: parts.logger }, signal)));
  stack.use(
    runPool(parts, {
      category: 'embedding',
      tasks,
      slots: 3,
      handlers: withRest('embedding', {
        'embed-chunks': async () => ({ embedded: 0, embedder: 'none' }),
      }),
    }),
  );
  const scrapers = Array.from({ length: 3 }, startScraperProcess);
  stack.defer(async () => {
    for (const scraper of scrapers) scraper.kill('SIGKILL');
    await Promise.all(scrapers.map((scraper) => once(scraper, 'exit')));
  });
  await Promise.all(scrapers.map(isReady));
}, 120_000);
afterAll(() => stack.disposeAsync());

function startScraperProcess(): ChildProcess {
  const service = join(import.meta.dirname, '..');
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      SLIPSTREAM_NATS_URL: engine.nats.url,
      SLIPSTREAM_DATA_DIR: engine.dir,
      SLIPSTREAM_OPS_PORT: '0',

      SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1',
    },
  });
}

const isReady = ({ stdout }: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    let log = '';
    stdout?.on('data', (text) => {
      log += text;
      if (log.includes('"started"')) resolve();
    });
  });

interface Asked {
  readonly path: string;
  readonly atMs: number;
}

/** A slow site of so many pages, and when each of them was asked for. */
async function startSite(
  count: number,
  robots: string,
  answer: (asked: readonly Asked[]) => { status: number; headers?: object },
) {
  const asked: Asked[] = [];
  const server = createServer(async ({ url: path = '/', headers: { host } }, response) => {
    if (path === '/robots.txt') return response.end(robots);
    if (path === '/sitemap.xml') {
      const urls = Array.from({ length: count }, (_, n) => `http://${host}/p${n}\n`);
      return response.writeHead(200, { 'content-type': 'text/plain' }).end(urls.join(''));
    }
    asked.push({ path, atMs: performance.now() });
    const { status, headers } = answer(asked);
    await sleep(400);
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    return response.end(`<main><h1>Page</h1><p>What ${path} says.</p></main>`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const pagesOf = async (crawl: Task): Promise<Task[]> => {
  const children = await engine.projection.ask('childrenOf', crawl.id);
  const rows = await Promise.all(children.map(({ id }) => engine.projection.task(id)));
  return rows.flatMap((row) => (row ? [taskView(row)] : []));
};

test('three processes keep the Crawl-delay of a host between them', async () => {
  await using site = await startSite(10, 'User-agent: *\nCrawl-delay: 1', () => ({ status: 200 }));
  const crawl = await engine.completed('scrape-site', { url: `${site.url}/p0`, brand: 'Delay' });
  expect(crawl).toMatchObject({ state: 'succeeded', children: { total: 10, succeeded: 10 } });
  const pages = await pagesOf(crawl);
  // Which process gets a turn is chance; that one gets all of ten is none.
  expect(new Set(pages.map(({ worker }) => worker)).size).toBeGreaterThan(1);
  // Waiting for a turn costs no attempt.
  expect(pages.map(({ attempt }) => attempt)).toEqual(pages.map(() => 1));
  const times = site.asked.map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((atMs, n) => atMs - (times[n] ?? 0));
  // The turns are a second apart; how long a request is on its way differs a little.
  expect(Math.min(...gaps)).toBeGreaterThan(700);
}, 120_000);

test('when a host asks one process to wait, all of them wait', async () => {
  await using site = await startSite(300, '', (asked) =>
    asked.length === 1 ? { status: 503, headers: { 'retry-after': '5' } } : { status: 200 },
  );
  const crawl = await engine.completed('scrape-site', { url: `${site.url}/p0`, brand: 'Later' });
  expect(crawl).toMatchObject({ state: 'succeeded', children: { total: 300, succeeded: 300 } });
  const firstMs = site.asked[0]?.atMs ?? 0;
  const after = site.asked.map(({ atMs }) => atMs - firstMs);
  // What was on its way when it asked is over by then; two processes alone would need ten seconds for the rest.
  expect(after.filter((ms) => ms > 2_000 && ms < 4_500)).toEqual([]);
  expect(after.filter((ms) => ms > 4_500).length).toBeGreaterThan(100);
}, 120_000);
