import { join } from 'node:path';
import type { Task } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { expect, test, vi } from 'vitest';
import { type Slipstream, startSlipstream } from './slipstream.ts';
import { type SlowSite, startSlowSite } from './slow-site.ts';

const PAGES = 60;
const SCRAPING_SLOTS = 6;

async function crawl(system: Slipstream, site: SlowSite): Promise<Task> {
  const { status, body } = await system.post('/v1/scrapes', {
    url: `${site.url}/page-0.html`,
    brand: 'Crash',
    mode: 'site',
  });
  expect(status).toBe(202);
  return body;
}

async function indexedOnce(system: Slipstream): Promise<void> {
  await using store = await openKnowledgeStore({ uri: join(system.dataDir, 'knowledge') });
  const documents = await store.listDocuments({ brand: 'Crash' });
  expect(documents.map(({ chunks }) => chunks)).toEqual(Array(PAGES).fill(1));
  const stats = await store.stats();
  expect([stats.chunks, stats.documents]).toEqual([PAGES, PAGES]);
  expect(Object.values(stats.vectors)).toEqual([PAGES]);
}

/** URLs of the pages whose task has left the hands of the scraper. */
async function pagesDone(system: Slipstream): Promise<string[]> {
  const { items } = await system.get<{ items: { id: string; state: string; result?: unknown }[] }>(
    '/v1/tasks?kind=scrape-page&limit=500',
  );
  return items
    .filter(({ state }) => state === 'waiting' || state === 'succeeded')
    .map(({ result }) => new URL((result as { url: string }).url).pathname);
}

test('a scraper that is killed loses no page and fetches none twice but those in hand', async () => {
  await using site = await startSlowSite(PAGES, 100);
  await using system = await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host });
  const { id } = await crawl(system, site);
  /** Fetches of a page by the time it had left the scraper's hands. */
  const done = new Map<string, number | undefined>();
  const kills = [8, 25, 45];
  for (const reached of kills) {
    await site.reached(reached);
    await vi.waitFor(() => expect(site.open.size).toBeGreaterThan(0), 10_000);
    for (const path of await pagesDone(system)) {
      if (!done.has(path)) done.set(path, site.hits.get(path));
    }
    await system.kill('scraper');
  }
  const task = await system.ended(id);
  expect(task).toMatchObject({ state: 'succeeded', children: { total: PAGES, succeeded: PAGES } });
  expect(done.size).toBeGreaterThan(0);
  expect([...done].filter(([path, hits]) => site.hits.get(path) !== hits)).toEqual([]);
  const fetches = [...site.hits.values()].reduce((sum, count) => sum + count, 0);
  expect(fetches).toBeLessThanOrEqual(PAGES + kills.length * SCRAPING_SLOTS);
  await indexedOnce(system);
}, 180_000);

test('nats-server that is killed in the middle of a crawl costs no page', async () => {
  await using site = await startSlowSite(PAGES, 100);
  await using system = await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host });
  const { id } = await crawl(system, site);
  await site.reached(20);
  await system.kill('nats-server');
  const task = await vi.waitFor(() => system.ended(id), { timeout: 120_000, interval: 500 });
  expect(task).toMatchObject({ state: 'succeeded', children: { total: PAGES, succeeded: PAGES } });
  await indexedOnce(system);
}, 180_000);

test('maintenance, which leads the crawl, may be killed at any point of it', async () => {
  await using site = await startSlowSite(PAGES, 60);
  await using system = await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host });
  const { id } = await crawl(system, site);
  for (const reached of [1, 30, PAGES]) {
    await site.reached(reached);
    await vi.waitFor(() => expect(system.pidOf('maintenance')).toBeDefined());
    await system.kill('maintenance');
  }
  const task = await system.ended(id);
  expect(task).toMatchObject({ state: 'succeeded', children: { total: PAGES, succeeded: PAGES } });
  expect([...site.hits.values()].every((count) => count === 1)).toBe(true);
  await indexedOnce(system);
}, 180_000);
