/**
 * Crawls a folder of HTML files with the whole system and prints how long each stage took:
 *
 *   node tools/measure/crawl.ts FOLDER [START=index.html] [--question TEXT ...]
 *
 * The embedder is paused until all text is keyword-searchable. The second crawl of the folder, under
 * another brand, is measured too: by then the processes are warm.
 */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Task } from '@slipstream/contracts';
import { type Slipstream, startSlipstream } from '../e2e/slipstream.ts';
import { serveFolder } from './serve-folder.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { question: { type: 'string', multiple: true, default: [] } },
});
const [folder, start = 'index.html'] = positionals;
if (folder === undefined) {
  process.stderr.write('usage: node tools/measure/crawl.ts FOLDER [START] [--question TEXT ...]\n');
  process.exit(2);
}

await using site = await serveFolder(resolve(folder));
await using system = await startSlipstream({ SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host });
const embedder = system.pidOf('embedder') ?? 0;
process.kill(embedder, 'SIGSTOP');
const crawls = [await crawl('first'), await crawl('second')];
process.kill(embedder, 'SIGCONT');
const [{ id, began } = { id: '', began: 0 }] = crawls;
const crawled = await system.ended(id);
print('all embedded (from the first request on, both crawls in the queue)', began);
print(`ended ${crawled.state}, ${JSON.stringify(crawled.children)}`);
for (const question of values.question) await ask(question);

interface Crawl {
  readonly id: string;
  readonly began: number;
}

async function crawl(brand: string): Promise<Crawl> {
  const began = performance.now();
  const url = `${site.url}/${start}`;
  const { body } = await system.post('/v1/scrapes', { url, brand, mode: 'site' });
  const { count, at } = await settled(system, 'scrape-page', body.id);
  const perSecond = Math.round((count / (at - began)) * 1_000);
  print(`${brand} crawl: ${count} pages fetched, extracted, chunked: ${perSecond} pages/s`);
  const indexed = await settled(system, 'index-write');
  print(`${brand} crawl: keyword-searchable after ${Math.round(indexed.at - began)} ms`);
  return { id: body.id, began };
}

/** Waits until no task of the kind is on its way to a handler or in one; how many, and since when. */
async function settled(
  { get }: Slipstream,
  kind: string,
  parentId?: string,
): Promise<{ count: number; at: number }> {
  for (let before = { count: -1, at: 0 }; ; ) {
    const at = performance.now();
    const { items } = await get<{ items: Task[] }>(`/v1/tasks?kind=${kind}&limit=500`);
    const ours = items.filter((task) => parentId === undefined || task.parentId === parentId);
    const open = ours.some(({ state }) => state === 'queued' || state === 'running');
    if (!open && ours.length > 0 && ours.length === before.count) return before;
    before = open ? { count: -1, at } : { count: ours.length, at };
    await sleep(100);
  }
}

async function ask(question: string): Promise<void> {
  const began = performance.now();
  const { body } = await system.post<{ answer: string; citations: { url: string }[] }>(
    '/v1/queries',
    { question, brand: 'first' },
  );
  print(`Q ${question}\n  A ${body.answer}\n  ${body.citations[0]?.url ?? 'no source'}`, began);
}

function print(text: string, began?: number): void {
  const took = began === undefined ? '' : `  (${Math.round(performance.now() - began)} ms)`;
  process.stdout.write(`${text}${took}\n`);
}
