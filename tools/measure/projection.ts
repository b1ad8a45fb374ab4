/**
 * Measures the projection without a broker: how fast it applies events, and how fast it answers lists
 * when it keeps many tasks:
 *
 *   node tools/measure/projection.ts [--tasks 1000000] [--queries 100]
 *
 * Half of a batch ends in the transaction in which it was submitted, half in a later one. One in fifty
 * tasks fails, one in a hundred stays open, one in ten has a tag.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { newId, type TaskEvent } from '@slipstream/contracts';
import {
  createRowStore,
  type ListFilter,
  openForReading,
  openForWriting,
  queries,
} from '@slipstream/tasklog';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000000' },
    queries: { type: 'string', default: '100' },
  },
});
const total = Number(values.tasks);
const rounds = Number(values.queries);
const BATCH = 2_000;
const EVENTS_PER_MESSAGE = 64;
const words = ['amber', 'basalt', 'cedar', 'delta', 'ember', 'fjord', 'garnet', 'harbor'];

const dir = mkdtempSync(join(tmpdir(), 'measure-projection-'));
try {
  const bare = apply('bare.sqlite', Math.min(total, 200_000), false);
  const rich = apply('rich.sqlite', total, true);
  print('| What is applied | tasks | events/s | CPU per task |');
  print('| --- | --- | --- | --- |');
  print(`| submitted and succeeded, nothing to find | ${row(bare)} |`);
  print(`| with words of a URL and a brand, tags, failures | ${row(rich)} |`);
  print('');
  print(`| List of 50 among ${total} tasks | p50 | p99 |`);
  print('| --- | --- | --- |');
  measureLists(rich.file);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

interface Applied {
  readonly file: string;
  readonly tasks: number;
  readonly events: number;
  readonly cpuUs: number;
  readonly ms: number;
}

function apply(name: string, tasks: number, findable: boolean): Applied {
  const file = join(dir, name);
  const db = openForWriting(file);
  const searchable: Record<string, string[]> = findable ? { page: ['url', 'brand'] } : {};
  const store = createRowStore(db, searchable);
  let seq = 0;
  let events = 0;
  let cpuUs = 0;
  let ms = 0;
  let late: TaskEvent[] = [];
  for (let from = 0; from < tasks; from += BATCH) {
    const batch = late;
    late = [];
    for (let index = from; index < Math.min(tasks, from + BATCH); index++) {
      const [submitted, end] = story(index, findable);
      batch.push(submitted);
      if (end) (index % 2 === 0 ? batch : late).push(end);
    }
    const messages = pack(batch);
    events += batch.length;
    const cpu = process.cpuUsage();
    const began = performance.now();
    const logged = messages.flatMap((text) => {
      seq += 1;
      return (JSON.parse(text) as TaskEvent[]).map((event) => ({ seq, event }));
    });
    store.apply(logged, seq);
    ms += performance.now() - began;
    const used = process.cpuUsage(cpu);
    cpuUs += used.user + used.system;
  }
  db.close();
  return { file, tasks, events, cpuUs, ms };
}

function pack(events: readonly TaskEvent[]): string[] {
  const messages: string[] = [];
  for (let from = 0; from < events.length; from += EVENTS_PER_MESSAGE) {
    messages.push(JSON.stringify(events.slice(from, from + EVENTS_PER_MESSAGE)));
  }
  return messages;
}

function story(index: number, findable: boolean): [TaskEvent, TaskEvent | undefined] {
  const id = newId();
  const at = new Date().toISOString();
  const kind = findable && index % 7 === 0 ? 'embed' : 'page';
  const word = words[index % words.length] ?? '';
  const common = { id, run: 1, category: 'scraping', at } as const;
  const task = {
    id,
    run: 1,
    gen: 1,
    kind,
    priority: index % 3 === 0 ? 'low' : 'normal',
    createdAt: at,
    payload: {
      url: `https://docs.example.com/${word}/page-${index}.html`,
      brand: `brand${index % 50}`,
    },
    maxAttempts: 4,
    ...(findable && index % 10 === 0 && { tags: [`tag${index % 30}`] }),
  } as const;
  const submitted: TaskEvent = { ...common, type: 'submitted', task };
  const ran = { ...common, kind, attempt: 1, startedAt: at, worker: 'scraper-vm-8486-6c3b' };
  if (findable && index % 100 === 99) return [submitted, undefined];
  if (findable && index % 50 === 7) {
    const message = `${task.payload.url} answered ${500 + (index % 4)}`;
    return [submitted, { ...ran, type: 'failed', error: { code: `http-${word}`, message } }];
  }
  return [submitted, { ...ran, type: 'succeeded', result: { url: task.payload.url, chunks: 3 } }];
}

function measureLists(file: string): void {
  const db = openForReading(file);
  const filters: readonly Omit<ListFilter, 'limit'>[] = [
    {},
    { state: 'succeeded' },
    { state: 'running' },
    { state: 'failed', kind: 'embed' },
    { category: 'scraping', kind: 'page' },
    { tag: 'tag10' },
    { tag: 'tag10', state: 'failed' },
    { q: 'amber' },
    { q: 'page' },
    { q: 'docs.example.com' },
    { q: 'do' },
    { q: 'brand7', state: 'failed' },
    { q: 'brand7', state: 'running' },
    { q: 'http-garnet answered', state: 'failed', kind: 'page' },
    { q: 'docs', tag: 'tag10', kind: 'embed', state: 'failed' },
    { q: 'docs', state: 'cancelled' },
  ];
  for (const filter of filters) {
    const times: number[] = [];
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      found = queries.list(db, { ...filter, limit: 50 }).length;
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.ceil(share * times.length) - 1] ?? 0).toFixed(1);
    const asked = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
    print(`| ${asked.join(' ') || 'all'} (${found}) | ${at(0.5)} ms | ${at(0.99)} ms |`);
  }
  db.close();
}

function row({ tasks, events, cpuUs, ms }: Applied): string {
  return `${tasks} | ${Math.round((events / ms) * 1_000)} | ${(cpuUs / tasks).toFixed(1)} us`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
