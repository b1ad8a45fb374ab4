/**
 * Measures what many kept tasks cost: memory and disk of nats-server and of a gateway, and how long a
 * gateway without a file takes until it answers, from the whole log and from a snapshot:
 *
 *   node tools/measure/memory.ts [--tasks 1000000] [--queued 1000000]
 *
 * Each kept task was submitted and has ended: two events, with the payload of a page and its result.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { newId, subjects, type TaskEvent } from '@slipstream/contracts';
import { type Bus, connect, provision } from '@slipstream/jetstream';
import { storeSnapshot } from '@slipstream/tasklog';
import { freePorts, startNatsServer } from '@slipstream/testing';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1000000' },
    queued: { type: 'string', default: '1000000' },
  },
});
const total = Number(values.tasks);
const queued = Number(values.queued);
const MIB = 1 << 20;
const TASKS_PER_MESSAGE = 32;

await using nats = await startNatsServer();
await using bus = await connect({ url: nats.url, name: 'measure' });
await provision(bus);
const dirs: string[] = [];
try {
  print(`nats-server, empty: ${memoryOf(nats.pid)}`);
  const last = await writeLog(bus);
  const { state } = await bus.manager.streams.info('EVENTS');
  print(`${total} tasks kept: EVENTS has ${Math.round(state.bytes / MIB)} MiB on disk`);
  print(`nats-server: ${memoryOf(nats.pid)}`);

  const first = await startGateway(last, 'the whole log');
  const file = join(first.dir, 'projections/gateway.sqlite');
  print(`its projection: ${Math.round(statSync(file).size / MIB)} MiB on disk`);
  const began = performance.now();
  const stored = await storeSnapshot(bus, file);
  const size = Math.round((stored?.snapshot.bytes ?? 0) / MIB);
  print(`a snapshot: ${size} MiB in BLOBS, stored in ${secondsSince(began)}`);
  await stop(first.process);
  const second = await startGateway(last, 'the snapshot');
  await stop(second.process);

  if (queued > 0) {
    await fillQueue(bus);
    print(`and ${queued} tasks queued: nats-server ${memoryOf(nats.pid)}`);
  }
} finally {
  for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
}

/** Resolves with the id of the last task. */
async function writeLog({ publisher }: Bus): Promise<string> {
  let id = '';
  let sending: Promise<unknown>[] = [];
  for (let from = 0; from < total; from += TASKS_PER_MESSAGE) {
    const events: TaskEvent[] = [];
    for (let index = from; index < Math.min(total, from + TASKS_PER_MESSAGE); index++) {
      id = newId();
      events.push(...story(id, index));
    }
    sending.push(publisher.publish(subjects.events('scraping'), JSON.stringify(events)));
    if (sending.length < 200) continue;
    await Promise.all(sending);
    sending = [];
  }
  await Promise.all(sending);
  return id;
}

function story(id: string, index: number): TaskEvent[] {
  const at = new Date().toISOString();
  const url = `https://docs.example.com/chapter-${index % 1_000}/page-${index}.html`;
  const payload = { url, brand: `brand${index % 50}` };
  const common = { id, run: 1, category: 'scraping', at } as const;
  const kind = 'scrape-page';
  const task = { id, run: 1, gen: 1, kind, priority: 'normal', payload } as const;
  const ran = { kind, attempt: 1, startedAt: at, worker: 'scraper-vm-8486-6c3b' };
  return [
    { ...common, type: 'submitted', task: { ...task, createdAt: at, maxAttempts: 4 } },
    { ...common, ...ran, type: 'succeeded', result: { url, outcome: 'indexed', chunks: 3 } },
  ];
}

async function startGateway(last: string, from: string) {
  const dir = mkdtempSync(join(tmpdir(), 'measure-memory-'));
  dirs.push(dir);
  const port = await freePorts(1);
  const began = performance.now();
  const process_ = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'services/gateway/src/main.ts'],
    {
      cwd: join(import.meta.dirname, '../..'),
      stdio: 'inherit',
      env: {
        ...process.env,
        SLIPSTREAM_NATS_URL: nats.url,
        SLIPSTREAM_DATA_DIR: dir,
        SLIPSTREAM_PORT: String(port),
        SLIPSTREAM_OPS_PORT: '0',
        SLIPSTREAM_LOG_LEVEL: 'warn',
      },
    },
  );
  while (!(await answers(`http://127.0.0.1:${port}/v1/tasks/${last}`))) await sleep(100);
  print(`a gateway without a file, from ${from}: knows the last task after ${secondsSince(began)}`);
  print(`gateway: ${memoryOf(process_.pid ?? 0)}`);
  return { dir, process: process_ };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  if (child.exitCode === null) await once(child, 'exit');
}

async function fillQueue({ publisher }: Bus): Promise<void> {
  const createdAt = new Date().toISOString();
  let sending: Promise<unknown>[] = [];
  for (let index = 0; index < queued; index++) {
    const id = newId();
    const payload = { url: `https://docs.example.com/page-${index}.html`, brand: 'brand' };
    const task = { id, run: 1, gen: 1, kind: 'scrape-page', priority: 'bulk', payload, createdAt };
    const subject = subjects.task('scraping', 'bulk', id);
    sending.push(publisher.publish(subject, JSON.stringify(task)));
    if (sending.length < 5_000) continue;
    await Promise.all(sending);
    sending = [];
  }
  await Promise.all(sending);
}

function memoryOf(pid: number): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mib = (field: string) => {
    const [, kib = '0'] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return `${Math.round(Number(kib) / 1_024)} MiB`;
  };
  return `${mib('VmRSS')} resident (highest ${mib('VmHWM')})`;
}

function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1_000).toFixed(1)} s`;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
