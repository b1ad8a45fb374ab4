import { join } from 'node:path';
import { brandToken, type Chunk } from '@slipstream/contracts';
import { putBlob, setBrandLanguage } from '@slipstream/jetstream';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scraper, startScraper } from './start-scraper.ts';
import { page, startSite } from './start-site.ts';

const stack = new AsyncDisposableStack();
let scraper: Scraper;
beforeAll(async () => {
  scraper = stack.use(await startScraper());
});
afterAll(() => stack.disposeAsync());

const chunksOf = async (brand: string): Promise<Chunk[]> =>
  scraper.store.chunksOf(await scraper.store.listDocuments({ brand }));
/** Read by a store that has just been opened: another process may be wrong for half a minute. */
async function languagesAndHits(brand: string, query: string) {
  await using store = await openKnowledgeStore({ uri: join(scraper.engine.dir, 'knowledge') });
  return [await store.languages({ brand }), (await store.textSearch(query, 5)).length];
}
const reIndex = async (payload: { brand?: string; source?: string; dryRun?: boolean }) =>
  scraper.engine.completed('re-index', payload);
/** Scrapes one page of these paragraphs, from a site that is away afterwards. */
async function scraped(brand: string, ...paragraphs: string[]): Promise<void> {
  const body = page(paragraphs.join('</p><p>'));
  await using site = await startSite((path) => (path === '/a' ? { body } : { status: 404 }));
  const task = await scraper.engine.completed('scrape-page', { brand, url: `${site.url}/a` });
  expect(task).toMatchObject({ state: 'succeeded', result: { outcome: 'indexed' } });
}

const long = (topic: string) => `${topic} is explained at length in these words. `.repeat(8);

test('in the language that is set for a brand its texts are found without being fetched again', async () => {
  const { engine } = scraper;
  const body = '<title>T</title><main><p>Lautstärke, Werkseinstellungen, Geräte.</p></main>';
  await using site = await startSite((path) => (path === '/a' ? { body } : { status: 404 }));
  await engine.completed('scrape-page', { brand: 'Deutsch', url: `${site.url}/a` });
  const seen = [...site.seen];
  const found = () => languagesAndHits('Deutsch', 'Werkseinstellung');
  expect(await found()).toEqual([['en'], 0]);

  await setBrandLanguage(engine.bus, 'Deutsch', 'de');
  const before = await chunksOf('Deutsch');
  const embedded = scraper.embedded.length;
  const task = await reIndex({ brand: 'Deutsch' });
  expect(task).toMatchObject({
    state: 'succeeded',
    children: { total: 1, succeeded: 1 },
    result: { documents: 1, chunks: 1, withoutText: 0, added: 0, removed: 0, failed: 0 },
  });
  expect(await found()).toEqual([['de'], 1]);
  expect(await chunksOf('Deutsch')).toEqual(before);
  expect([site.seen, scraper.embedded.length]).toEqual([seen, embedded]);
  // What comes from now on is read in it too.
  await scraped('Deutsch', 'Kopfhörern, Kabel.');
  expect(await languagesAndHits('Deutsch', 'Kopfhörer')).toEqual([['de'], 1]);
});

test('chunks that another chunker has cut are cut anew from the text, and only what is new is embedded', async () => {
  const { store } = scraper;
  await scraped('Cut', ...['Charging', 'Pairing', 'Mixing', 'Resetting'].map(long));
  const right = await chunksOf('Cut');
  expect(right.length).toBeGreaterThan(2);
  const [first, ...rest] = right;
  if (!first) throw new Error('the page has chunks');
  const merged = { ...first, id: 'old', ordinal: 1, text: rest.map(({ text }) => text).join('\n') };
  await store.writeDocuments([{ brand: 'Cut', docId: first.docId, chunks: [first, merged] }]);

  const dry = await reIndex({ brand: 'Cut', dryRun: true });
  expect(dry.result).toMatchObject({ dryRun: true, documents: 1, chunks: 2, withoutText: 0 });
  expect(await chunksOf('Cut')).toHaveLength(2);
  const { result } = await reIndex({ brand: 'Cut', source: first.source });
  expect(result).toMatchObject({ added: right.length - 1, removed: 1 });
  expect(await chunksOf('Cut')).toEqual(right);
  expect((await reIndex({ brand: 'Cut' })).result).toMatchObject({ added: 0, removed: 0 });
});

test('a file is cut anew with its pages; without a text that is kept, chunks stay as they are', async () => {
  const { engine, store } = scraper;
  const file = await putBlob(
    engine.bus,
    brandToken('File'),
    Buffer.from('# Rope\n\nA rope holds.'),
  );
  const url = 'https://upload.invalid/rope.md';
  const upload = { brand: 'File', url, file, contentType: 'text/markdown' };
  await engine.completed('ingest-document', upload);
  const [chunk] = await chunksOf('File');
  if (!chunk) throw new Error('the file has a chunk');
  const older = { ...chunk, docId: 'older', id: 'older', url: `${url}?older`, text: 'Two ropes.' };
  await store.writeDocuments([{ brand: 'File', docId: 'older', chunks: [older] }]);
  const { result } = await reIndex({ brand: 'File', source: 'upload' });
  expect(result).toMatchObject({ documents: 2, withoutText: 1, added: 0, removed: 0, failed: 0 });
  expect(await chunksOf('File')).toEqual(expect.arrayContaining([chunk, older]));
});

test('a document that left meanwhile does not come back', async () => {
  await scraped('Gone', 'Nobody needs this.');
  const [document] = await scraper.store.listDocuments({ brand: 'Gone' });
  if (!document) throw new Error('the page is known');
  await scraper.store.removeDocuments([document]);
  const { brand, docId, url } = document;
  const task = await scraper.engine.completed('index-write', { brand, docId, url, rebuild: true });
  expect(task.result).toEqual({ added: 0, unchanged: 0, removed: 0 });
  expect(await chunksOf('Gone')).toEqual([]);
});
