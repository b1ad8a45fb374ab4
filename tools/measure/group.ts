/**
 * Measures a workflow of one large group: how long its submit takes, how much memory the conductor
 * needs, and how fast its tasks run beside the same tasks submitted without a workflow:
 *
 *   node tools/measure/group.ts [--tasks 100000] [--rounds 1]
 *
 * Real nats-server and gateway, one worker process with 50 slots whose handler does nothing. Bare
 * tasks and both forms of a group take turns, so that the load of the machine meets all of them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { connect, provision } from '@slipstream/jetstream';
import { freePorts, startNatsServer } from '@slipstream/testing';
import { leaderMemory } from '../start/programs.ts';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '1' },
  },
});
const total = Number(values.tasks);
const WARM_UP = 3_000;
const PER_BATCH = 10_000;

await using stack = new AsyncDisposableStack();
const dir = await mkdtemp(join(tmpdir(), 'measure-group-'));
stack.defer(() => rm(dir, { recursive: true, force: true }));
const nats = stack.use(await startNatsServer());
{
  await using bus = await connect({ url: nats.url, name: 'measure' });
  await provision(bus);
}
const port = await freePorts(1);
const api = `http://127.0.0.1:${port}`;
const root = join(import.meta.dirname, '../..');
const gateway = start([join(root, 'services/gateway/src/main.ts')], {
  SLIPSTREAM_NATS_URL: nats.url,
  SLIPSTREAM_PORT: String(port),
  SLIPSTREAM_OPS_PORT: '0',
  SLIPSTREAM_DATA_DIR: dir,
  SLIPSTREAM_LOG_LEVEL: 'error',
});
const file = join(import.meta.dirname, 'group-process.ts');
const conductor = start([...leaderMemory.args, file, 'conductor', nats.url, dir], leaderMemory.env);
const worker = start([file, 'worker', nats.url, dir]);
let ran = 0;
let liveMb = 0;
await Promise.all([once(conductor, 'message'), once(worker, 'message'), isUp()]);
worker.on('message', (count) => {
  if (typeof count === 'number') ran = count;
});
conductor.on('message', (bytes) => {
  if (typeof bytes === 'number') liveMb = Math.max(liveMb, bytes / 2 ** 20);
});

await bare(WARM_UP);
await group(WARM_UP, 'items');
print(
  `| ${total} tasks | submit | ended after | tasks/s | of bare | CPU per task: nats-server, gateway, conductor, worker | conductor: live heap, process before and at its peak |`,
);
print('| --- | --- | --- | --- | --- | --- | --- |');
for (let round = 0; round < Number(values.rounds); round++) {
  const alone = await bare(total);
  row('bare, batches of 10,000', alone, alone);
  row('group: template and items', await group(total, 'items'), alone);
  row('group: NDJSON', await group(total, 'ndjson'), alone);
}

interface Measured {
  readonly submitMs: number;
  readonly endedMs: number;
  readonly perSecond: number;
  /** Of each process, microseconds per task. */
  readonly cpuUs: readonly number[];
  readonly memoryMb?: readonly [live: number, before: number, peak: number];
}

async function bare(count: number): Promise<Measured> {
  const until = ran + count;
  const cpu = cpuMs();
  const began = performance.now();
  for (let from = 0; from < count; from += PER_BATCH) {
    const tasks = payloads(from, Math.min(count, from + PER_BATCH)).map((payload) => ({
      kind: 'embed-chunks',
      payload,
    }));
    await post('/v1/tasks/batch', 'application/json', JSON.stringify({ tasks }));
  }
  const submitMs = performance.now() - began;
  while (ran < until) await sleep(20);
  // A list is up to date with the log: the client can see by now that all have ended.
  await fetch(`${api}/v1/tasks?limit=1`);
  return measured(count, submitMs, performance.now() - began, cpu);
}

async function group(count: number, form: 'items' | 'ndjson'): Promise<Measured> {
  const before = memoryMb('VmRSS');
  let peak = before;
  liveMb = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryMb('VmRSS'));
  }, 50);
  const cpu = cpuMs();
  const began = performance.now();
  const { id } = await submitGroup(count, form);
  const submitMs = performance.now() - began;
  await ended(id);
  const endedMs = performance.now() - began;
  clearInterval(watch);
  return { ...measured(count, submitMs, endedMs, cpu), memoryMb: [liveMb, before, peak] };
}

function submitGroup(count: number, form: 'items' | 'ndjson'): Promise<{ id: string }> {
  const items = payloads(0, count);
  const template = { kind: 'embed-chunks', payload: { brand: 'measured', docId: '-' } };
  if (form === 'items') {
    const body = JSON.stringify({ group: { template, items } });
    return post('/v1/workflows', 'application/json', body);
  }
  const lines = items.map((payload) => JSON.stringify({ kind: template.kind, payload }));
  return post('/v1/workflows', 'application/x-ndjson', lines.join('\n'));
}

function payloads(from: number, to: number) {
  return Array.from({ length: to - from }, (_, index) => ({
    brand: 'measured',
    docId: `document ${from + index}`,
  }));
}

async function ended(id: string): Promise<void> {
  for (;;) {
    const task = await (await fetch(`${api}/v1/tasks/${id}?waitMs=30000`)).json();
    const { state, finishedAt } = task as { state: string; finishedAt?: string };
    if (finishedAt === undefined) continue;
    if (state !== 'succeeded') throw new Error(`the workflow ended ${JSON.stringify(task)}`);
    return;
  }
}

async function post(path: string, type: string, body: string): Promise<{ id: string }> {
  const headers = { 'content-type': type };
  const response = await fetch(api + path, { method: 'POST', headers, body });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as { id: string };
}

function measured(
  count: number,
  submitMs: number,
  endedMs: number,
  cpuBefore: readonly number[],
): Measured {
  const cpuUs = cpuMs().map((ms, at) => ((ms - (cpuBefore[at] ?? 0)) / count) * 1_000);
  return { submitMs, endedMs, perSecond: (count / endedMs) * 1_000, cpuUs };
}

/** Time on a core so far, of all threads. The kernel counts it in hundredths of a second. */
function cpuMs(): number[] {
  return [nats, gateway, conductor, worker].map(({ pid }) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  });
}

/** Resident memory of the conductor's process, with its projection and the threads of that. */
function memoryMb(field: string): number {
  const status = readFileSync(`/proc/${conductor.pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // What was compiled is kept where `npm start` keeps it: without, each thread loads a compiler.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, '.cache/compile-cache'), ...env },
  });
  stack.defer(async () => {
    const gone = once(child, 'exit');
    child.kill();
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
    await gone;
  });
  return child;
}

async function isUp(): Promise<void> {
  while (!(await fetch(`${api}/v1/queues`).catch(() => undefined))?.ok) await sleep(100);
}

function row(name: string, found: Measured, alone: Measured): void {
  const share = found === alone ? '' : (found.perSecond / alone.perSecond).toFixed(2);
  const memory = found.memoryMb?.map((mb) => `${Math.round(mb)} MB`).join(', ') ?? '';
  const [submit, end] = [found.submitMs, found.endedMs].map((ms) => `${(ms / 1_000).toFixed(1)} s`);
  const perSecond = Math.round(found.perSecond);
  const cpu = found.cpuUs.map((us) => Math.round(us)).join(', ');
  print(`| ${name} | ${submit} | ${end} | ${perSecond} | ${share} | ${cpu} us | ${memory} |`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
