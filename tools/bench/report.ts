import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { figures, figuresOf, type Series } from './figures.ts';
import { median } from './measure.ts';

const MARKS = ['<!-- bench: begin -->', '<!-- bench: end -->'] as const;

/** Series of both systems: title, unit, and the digits that mean something. */
const rows: readonly (readonly [series: string, title: string, digits: number])[] = [
  ['addOne', 'add one at a time, tasks/s', 0],
  ['addBulk', 'add in groups of 1,000, tasks/s', 0],
  ['process', 'process, 50 in hand, tasks/s', 0],
  ['pipeline', 'add and process at once, tasks/s', 0],
  ['latency', 'idle, add to start, p50 ms', 2],
  ['latency.p99', 'idle, add to start, p99 ms', 2],
  ['priority', 'critical behind 10,000 bulk, p50 ms', 2],
  ['priority.p99', 'critical behind 10,000 bulk, p99 ms', 2],
  ['sleep', '200 tasks of 100 ms over 28 slots, share of a bare loop', 3],
  ['memory', 'server memory per 100,000 queued, MiB', 1],
];

const singles: readonly (readonly [series: string, title: string])[] = [
  ['addOne.raw', 'raw JetStream publications one at a time, per s'],
  ['process.telemetry', 'process with telemetry, tasks/s'],
  ['process.raw', 'raw JetStream pull and ack, tasks/s'],
  ['levels.one', 'process at one priority, tasks/s'],
  ['levels.five', 'process at five priorities, tasks/s'],
  ['deep.shallow', 'process with 10,000 queued, tasks/s'],
  ['deep.deep', 'process with 1,000,000 queued, tasks/s'],
];

const roles = ['producer', 'server', 'worker', 'projection'] as const;

const cpuRows: readonly (readonly [prefix: string, title: string])[] = [
  ['addOne.slipstream', 'add one at a time: Slipstream'],
  ['addOne.bullmq', 'add one at a time: BullMQ'],
  ['addOne.raw', 'publish one at a time: raw JetStream'],
  ['addBulk.slipstream', 'add in groups: Slipstream'],
  ['addBulk.bullmq', 'add in groups: BullMQ'],
  ['process.slipstream', 'add in groups, then process: Slipstream'],
  ['process.telemetry', 'the same with telemetry: Slipstream'],
  ['process.bullmq', 'add in groups, then process: BullMQ'],
  ['process.raw', 'add in groups, then process: raw JetStream'],
  ['pipeline.slipstream', 'add and process at once: Slipstream'],
  ['pipeline.bullmq', 'add and process at once: BullMQ'],
  ['levels.one', 'add in groups, then process at one priority: Slipstream'],
  ['levels.five', 'the same at five priorities: Slipstream'],
];

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly rounds: number;
  readonly quick: boolean;
}

export function machineOf(run: { rounds: number; quick: boolean }): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 1_073_741_824),
    kernel: release(),
    node: process.version,
    ...run,
  };
}

/** The tables as Markdown: medians over the rounds, figures with their goals, processor time. */
export function reportOf(series: Series, machine: Machine): string {
  const at = (key: string, digits: number): string => format(series.get(key), digits);
  const both = rows
    .filter(([key]) => series.has(`${key}.slipstream`))
    .map(([key, title, digits]) => [
      title,
      at(`${key}.slipstream`, digits),
      at(`${key}.bullmq`, digits),
    ]);
  const own = singles
    .filter(([key]) => series.has(key))
    .map(([key, title]) => [title, at(key, 0), '']);
  const made = Object.entries(figuresOf(series)).map(([name, value]) => [
    `\`${name}\``,
    figures[name]?.title ?? '',
    String(value),
    figures[name]?.goal ?? '',
  ]);
  const cpu = cpuRows
    .filter(([prefix]) => series.has(`${prefix}.cpu.server`))
    .map(([prefix, title]) => [title, ...roles.map((role) => at(`${prefix}.cpu.${role}`, 1))]);
  const { processor, cores, memoryGiB, kernel, node, rounds, quick } = machine;
  const how = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}${quick ? ', quick: the numbers mean little' : ''}`;
  return [
    `${processor}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}; medians of ${how}.`,
    table(['Measurement', 'Slipstream', 'BullMQ'], [...both, ...own]),
    table(['Figure', 'What', 'Value', 'Goal'], made),
    ...(cpu.length > 0 ? [table(['Processor time per task, µs', ...roles], cpu)] : []),
  ].join('\n\n');
}

/** Puts a report into a page, between its two marks. */
export function writeIntoPage(file: string, report: string): void {
  const page = readFileSync(file, 'utf8');
  const [begin, end] = MARKS;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} lacks '${begin}' and '${end}' after it`);
  writeFileSync(file, `${page.slice(0, from + begin.length)}\n${report}\n${page.slice(to)}`);
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function format(values: readonly number[] | undefined, digits: number): string {
  if (!values) return '';
  return median(values).toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
