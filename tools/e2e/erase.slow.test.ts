import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  anyBrandToken,
  type ResultOf,
  type SourcePage,
  subjects,
  type Task,
  type Tasks,
} from '@slipstream/contracts';
import { connect, messagesOf } from '@slipstream/jetstream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Slipstream, startSlipstream } from './slipstream.ts';

/**
 * Erasing a brand, over the API and with all services: what is left is looked for in every byte of
 * the data folder, which holds JetStream's storage, the knowledge store and the SQLite files.
 */
const stack = new AsyncDisposableStack();
let system: Slipstream;
let siteUrl: string;
beforeAll(async () => {
  system = stack.use(await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: '127.0.0.1' }));
  siteUrl = await startSite(stack);
}, 120_000);
afterAll(() => stack.disposeAsync());

/** Words of the pages, each in one place only, so that it is known where a leftover came from. */
const pages: Readonly<Record<string, string>> = {
  '/': '<title>Zephyrine start</title><main><p>The Quorvane lamp is lit by pressing the brass lever.</p><a href="/care.html">Care</a></main>',
  '/care.html':
    '<title>Zephyrine care</title><main><p>Polish the Quorvane lamp with marmelune wax every forty days.</p></main>',
};
const upload =
  'The Quorvane lamp was designed by Isaura Pellwyck in the winter garden of Brunnhilde.';
const question = 'Which wax do I polish the Quorvane lamp with, every forty days? Theodolinda';
const search = 'lever ambergaunt';

/** Of pages, titles, documents, questions, searches, as short as an index may keep them. */
const texts = ['brass lever', 'marmelun', 'zephyrin', 'pellwyck', 'theodolinda', 'ambergaunt'];

/** Pages `/many/<n>` come slowly, so that a crawl of them is under way for a while. */
const MANY = 80;
const manyPage = (n: number): string =>
  `<title>Part ${n}</title><main><p>Part ${n} of the Emberline engine is the corvellite valve.</p></main>`;
const manyIndex = Array.from({ length: MANY }, (_, n) => `<a href="/many/${n}">${n}</a>`).join('');

async function startSite(of: AsyncDisposableStack): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const [, n] = /^\/many\/(\d+)$/.exec(path) ?? [];
    const page = path === '/many/' ? manyIndex : n ? manyPage(Number(n)) : pages[path];
    const answer = (): void => {
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html' });
      response.end(page && `<!doctype html>${page}`);
    };
    if (n) setTimeout(answer, 200);
    else answer();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  of.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Which of the texts are in some file below the data folder, and in which: `knowledge`, `BLOBS`. */
async function onDisk(wanted: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const entries = await readdir(system.dataDir, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    // Indexes hold words in lower case.
    const lower = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1');
    const [folder = '', ...below] = path.slice(system.dataDir.length + 1).split('/');
    const place = folder === 'nats' ? (below[3] ?? 'nats') : folder;
    for (const text of wanted.filter((one) => lower.includes(one))) {
      found[text] = [...new Set([...(found[text] ?? []), place])].sort();
    }
  }
  return found;
}

async function call<T = Task>(method: string, path: string): Promise<{ status: number; body: T }> {
  const response = await fetch(system.url + path, { method });
  return { status: response.status, body: (await response.json()) as T };
}

type Answer = ResultOf<Tasks['answer-question']> & { readonly taskId: string };

async function ask(brand: string | undefined, asking = question): Promise<Answer> {
  const asked = { question: asking, ...(brand && { brand }) };
  const { body } = await system.post<Answer>('/v1/queries', asked);
  return body;
}

/** Crawls the site, uploads a document, asks twice, searches: all that leaves texts behind. */
async function fill(brand: string): Promise<void> {
  const crawl = await system.post('/v1/scrapes', { url: siteUrl, brand, mode: 'site' });
  expect((await system.ended(crawl.body.id)).state).toBe('succeeded');
  const form = new FormData();
  form.append('brand', brand);
  form.append('file', new File([upload], 'history.txt', { type: 'text/plain' }));
  const sent = await fetch(`${system.url}/v1/documents`, { method: 'POST', body: form });
  expect((await system.ended(((await sent.json()) as Task).id)).state).toBe('succeeded');
  for (let times = 0; times < 2; times++) expect((await ask(brand)).answer).toContain('marmelune');
  await call('GET', `/v1/search?brand=${brand}&q=${encodeURIComponent(search)}`);
}

const sourcesOf = async (brand: string) =>
  (await call<SourcePage>('GET', `/v1/sources?brand=${brand}`)).body.items;

async function erase(path: string): Promise<ResultOf<Tasks['erase-source']>> {
  const { status, body } = await call('DELETE', path);
  expect(status).toBe(202);
  const task = await system.ended(body.id);
  expect(task).toMatchObject({ state: 'succeeded' });
  return task.result as ResultOf<Tasks['erase-source']>;
}

/** The log of questions that named no brand. */
async function askedOpenly(): Promise<string[]> {
  await using bus = await connect({ url: system.natsUrl, name: 'test' });
  const questions: string[] = [];
  for await (const batch of messagesOf(bus, 'ASKED', subjects.asked(anyBrandToken, '*'))) {
    questions.push(...batch.map(({ data }) => JSON.parse(Buffer.from(data).toString()).question));
  }
  return questions;
}

const nothing = (counts: Readonly<Record<string, number>>): boolean =>
  Object.values(counts).every((count) => count === 0);

test('a brand has its site and its upload as sources, with pages, chunks, vectors and last crawl', async () => {
  expect(await sourcesOf('Lumen')).toEqual([]);
  await fill('Lumen');
  const [site, document, ...more] = await sourcesOf('Lumen');
  expect(more).toEqual([]);
  expect(site).toMatchObject({
    kind: 'site',
    url: new URL(siteUrl).origin,
    pages: 2,
    chunksWithoutVector: 0,
    embedder: expect.any(String),
    freshness: { oldest: expect.any(String), newest: expect.any(String) },
    lastCrawl: { kind: 'scrape-site', state: 'succeeded' },
    errors: { count: 0, last: [] },
  });
  expect(document).toMatchObject({ kind: 'document', pages: 1, chunks: 1, errors: { count: 0 } });
  const found = await call(`GET`, `/v1/sources/${site?.id}`);
  expect(found.body).toEqual(site);
  const { status, body } = await call<{ code: string }>(
    'POST',
    `/v1/sources/${document?.id}/refresh`,
  );
  expect([status, body.code]).toEqual([409, 'source-not-refreshable']);
}, 120_000);

test('a refresh crawls the site again; a full one reads all pages, and no chunk is written twice', async () => {
  const [site] = await sourcesOf('Lumen');
  for (const [full, outcome] of [
    [false, 'unchanged'],
    [true, 'indexed'],
  ] as const) {
    const { status, body } = await system.post(`/v1/sources/${site?.id}/refresh`, { full });
    expect(status).toBe(202);
    const task = await system.ended(body.id);
    expect(task).toMatchObject({
      kind: 'scrape-site',
      state: 'succeeded',
      children: { failed: 0 },
    });
    const { items } = await system.get<{ items: Task[] }>(`/v1/tasks?parentId=${body.id}`);
    for (const { id } of items) {
      expect((await system.get(`/v1/tasks/${id}`)).result).toMatchObject({ outcome });
    }
  }
  const [again] = await sourcesOf('Lumen');
  expect(again).toMatchObject({
    id: site?.id,
    pages: 2,
    chunks: site?.chunks,
    chunksWithoutVector: 0,
  });
}, 120_000);

test('an erased brand leaves no byte of its texts, although the pipeline is at work', async () => {
  // The question is nobody's, its result quotes the brand.
  const open = await ask(undefined, 'Which wax do I polish the Quorvane lamp with?');
  expect(open.answer).toContain('marmelune');
  const form = new FormData();
  form.append('brand', 'Umbra');
  form.append('file', new File(['The Umbra sieve holds nine litres of silt.'], 'umbra.txt'));
  const sent = await fetch(`${system.url}/v1/documents`, { method: 'POST', body: form });
  expect((await system.ended(((await sent.json()) as Task).id)).state).toBe('succeeded');
  const neighbour = await ask('Umbra', 'How many litres of silt does the Umbra sieve hold?');
  expect(neighbour.answer).toContain('nine litres');
  const others = 'How many litres of silt does the sieve hold?';
  expect((await ask(undefined, others)).answer).toContain('nine litres');
  const [before] = await sourcesOf('Umbra');
  await vi.waitFor(
    async () => {
      const before = await onDisk(texts);
      expect(Object.keys(before).sort()).toEqual([...texts].sort());
      expect(before['marmelun']).toEqual(expect.arrayContaining(['BLOBS', 'LIVE', 'knowledge']));
      // Queue, log and SQLite have references: nothing can be erased there.
      const places = Object.values(before).flat();
      expect(places.filter((one) => /^(TASKS_|EVENTS|FLOWS|projections)/.test(one))).toEqual([]);
    },
    { timeout: 30_000, interval: 500 },
  );
  const refused = await call<{ code: string }>('DELETE', '/v1/sources?brand=Lumen&confirm=lumen');
  expect([refused.status, refused.body.code]).toEqual([400, 'invalid-request']);

  const [site] = await sourcesOf('Lumen');
  const late = await system.post(`/v1/sources/${site?.id}/refresh`, { full: true });
  const proof = await erase('/v1/sources?brand=Lumen&confirm=Lumen');
  expect(proof.removed).toMatchObject({ chunks: expect.any(Number), vectors: expect.any(Number) });
  expect(proof.removed['chunks']).toBeGreaterThanOrEqual(3);
  expect(proof.removed['blobs']).toBeGreaterThan(0);
  expect(nothing(proof.foundAfter)).toBe(true);
  expect((await system.ended(late.body.id)).finishedAt).toBeDefined();
  await vi.waitFor(async () => expect(await onDisk(texts)).toEqual({}), {
    timeout: 30_000,
    interval: 500,
  });
  expect(await sourcesOf('Lumen')).toEqual([]);
  expect((await ask('Lumen', 'Which wax for the lamp?')).outcome).toBe('no-answer');

  // Of the questions that name no brand, those stay that the erased one had no part in.
  expect(await askedOpenly()).toEqual([others]);
  expect(await sourcesOf('Umbra')).toEqual([before]);
  const task = await system.get<Task>(`/v1/tasks/${neighbour.taskId}`);
  expect(task.result).toMatchObject({ answer: neighbour.answer });
}, 180_000);

test('an erasure that is killed goes on, and a crawl in its way brings nothing back', async () => {
  await using bus = await connect({ url: system.natsUrl, name: 'test' });
  const erasures = async (): Promise<number> =>
    (await bus.manager.streams.info('KV_erasures')).state.messages;
  const before = await erasures();
  const { body } = await system.post('/v1/scrapes', {
    ...{ url: `${siteUrl}many/`, brand: 'Ember', mode: 'site' },
  });
  const known = async () => (await sourcesOf('Ember'))[0];
  await vi.waitFor(async () => expect((await known())?.pages).toBeGreaterThan(3), {
    timeout: 60_000,
  });
  const { body: eraser } = await call('DELETE', '/v1/sources?brand=Ember&confirm=Ember');
  await vi.waitFor(async () => expect(await erasures()).toBe(before + 1), { timeout: 20_000 });
  await system.kill('maintenance');
  const task = await system.ended(eraser.id);
  const proof = task.result as ResultOf<Tasks['erase-source']>;
  expect(task).toMatchObject({ state: 'succeeded' });
  expect(proof.removed['chunks']).toBeGreaterThan(0);
  expect(nothing(proof.foundAfter)).toBe(true);
  // Cancelled, or ended by pages that met the fence first.
  expect((await system.ended(body.id)).finishedAt).toBeDefined();
  await vi.waitFor(async () => expect(await onDisk(['corvellit'])).toEqual({}), {
    timeout: 30_000,
    interval: 500,
  });
  expect(await sourcesOf('Ember')).toEqual([]);

  // What is asked for afterwards is wanted anew.
  const again = await system.post('/v1/scrapes', { url: `${siteUrl}many/1`, brand: 'Ember' });
  expect((await system.ended(again.body.id)).state).toBe('succeeded');
  expect(await known()).toMatchObject({ kind: 'page', pages: 1 });
}, 240_000);
