/**
 * Measures the bulk front doors with the whole system:
 *
 *   node tools/measure/batches.ts [--pages 100] [--texts 1000] [--embedder use-lite-onnx]
 *
 * A batch of local pages of up to three chunks: until all text is found by its words, and until all
 * chunks have vectors. Then a batch of short texts: until all vectors are there. Each is sent twice,
 * under another brand and with other texts, for the first finds processes that have just started.
 * Beside the clock stands the time on a core, of all processes, from the first request to the end.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Task } from '@slipstream/contracts';
import { type Slipstream, startSlipstream } from '../e2e/slipstream.ts';
import { serveFolder } from './serve-folder.ts';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100' },
    texts: { type: 'string', default: '1000' },
    embedder: { type: 'string', default: 'use-lite' },
  },
});
const pages = Number(values.pages);
const texts = Number(values.texts);
const TEXT_CHARS = 44;
const programs = ['nats-server', 'gateway', 'scraper', 'embedder', 'rag', 'maintenance'];
const words =
  'press and hold the power button until light of speaker turns white then let go'.split(' ');

await using stack = new AsyncDisposableStack();
const folder = await mkdtemp(join(tmpdir(), 'measure-batches-'));
stack.defer(() => rm(folder, { recursive: true, force: true }));
for (let page = 0; page < pages; page++) await writeFile(join(folder, nameOf(page)), htmlOf(page));
const site = stack.use(await serveFolder(folder));
const system = stack.use(
  await startSlipstream({
    SLIPSTREAM_SCRAPE_ALLOW: new URL(site.url).host,
    SLIPSTREAM_EMBEDDER: values.embedder,
  }),
);

print(`${values.embedder} | first | second`);
const [first, second] = [await scrape('first'), await scrape('second')];
print(`${first.chunks} chunks of ${pages} pages`);
print(`keyword-searchable | ${seconds(first.searchableMs)} | ${seconds(second.searchableMs)}`);
print(
  `all vectors | ${both(first.embeddedMs, first.coreMs)} | ${both(second.embeddedMs, second.coreMs)}`,
);
const [cold, warm] = [await embed(0), await embed(texts)];
print(`${texts} texts of ${TEXT_CHARS} characters | ${both(...cold)} | ${both(...warm)}`);

async function scrape(brand: string) {
  const urls = Array.from({ length: pages }, (_, page) => `${site.url}/${nameOf(page)}`);
  const cores = coreMs();
  const began = performance.now();
  const { status, body } = await system.post('/v1/scrapes/batch', { urls, brand });
  if (status !== 202) throw new Error(JSON.stringify(body));
  const searchableMs = await allRan(system, 'index-write', brand, began);
  const embeddedMs = await allRan(system, 'embed-chunks', brand, began);
  const used = coreMs() - cores;
  const task = await system.ended(body.id);
  if (task.state !== 'succeeded') throw new Error(JSON.stringify(task));
  const { items } = await system.get<{ items: Task[] }>(
    `/v1/tasks?kind=index-write&q=${brand}&limit=500`,
  );
  const chunks = items.reduce((sum, { result }) => sum + chunksOf(result), 0);
  return { chunks, searchableMs, embeddedMs, coreMs: used };
}

/** Waits until as many tasks of the kind as there are pages have run; those that wait for children have. */
async function allRan({ get }: Slipstream, kind: string, brand: string, began: number) {
  for (;;) {
    const query = `kind=${kind}&q=${brand}&limit=500`;
    const { items } = await get<{ items: Task[] }>(`/v1/tasks?${query}`);
    const ran = items.filter(({ state }) => state === 'waiting' || state === 'succeeded');
    if (ran.length >= pages) return performance.now() - began;
    await sleep(200);
  }
}

async function embed(from: number): Promise<[ms: number, coreMs: number]> {
  const cores = coreMs();
  const began = performance.now();
  const body = { texts: Array.from({ length: texts }, (_, index) => textOf(from + index)) };
  const { body: accepted } = await system.post('/v1/embeddings/batch', body);
  const task = await system.ended(accepted.id);
  if (task.state !== 'succeeded') throw new Error(JSON.stringify(task));
  return [performance.now() - began, coreMs() - cores];
}

function chunksOf(result: unknown): number {
  return (result as { added?: number } | undefined)?.added ?? 0;
}

function nameOf(page: number): string {
  return `page-${page}.html`;
}

/** Three sections, of which each is a chunk or two are one. */
function htmlOf(page: number): string {
  const sections = [1, 2, 3].map((section) => {
    const text = Array.from({ length: 8 }, (_, index) => textOf(page * 31 + section * 7 + index));
    return `<h2>Part ${section} of page ${page}</h2><p>${text.join('. ')}.</p>`;
  });
  return `<!doctype html><html><head><title>Page ${page}</title></head><body><main><h1>Page ${page}</h1>${sections.join('')}</main></body></html>`;
}

/** Different texts of one length, out of words of a manual. */
function textOf(number: number): string {
  const chosen = Array.from({ length: TEXT_CHARS }, (_, place) => {
    return words[(number * 7 + place * (number + 3)) % words.length];
  });
  return `${number} ${chosen.join(' ')}`.slice(0, TEXT_CHARS);
}

/** Time on a core so far, of nats-server and all services. */
function coreMs(): number {
  return programs.reduce((sum, name) => {
    const stat = readFileSync(`/proc/${system.pidOf(name)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) * 10;
  }, 0);
}

function both(ms: number, core: number): string {
  return `${seconds(ms)} (${seconds(core)} on a core)`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
