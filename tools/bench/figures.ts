import { median } from './measure.ts';

/** Every value that a series took, one for each round. */
export type Series = ReadonlyMap<string, readonly number[]>;

interface Figure {
  readonly title: string;
  /** Series whose medians it is made of. */
  readonly of: readonly string[];
  readonly make: (one: number, other: number) => number;
  /** Where it should be. */
  readonly goal?: string;
}

const ratio = (one: number, other: number): number => one / other;
const cost = (one: number, other: number): number => 1 - one / other;
const itself = (one: number): number => one;

const against = (name: string): readonly string[] => [`${name}.slipstream`, `${name}.bullmq`];

/** What is written with `--json`. Ratios are Slipstream to BullMQ of the same run. */
export const figures: Readonly<Record<string, Figure>> = {
  addOneRatio: { title: 'add one at a time', of: against('addOne'), make: ratio, goal: '>= 1.4' },
  addBulkRatio: { title: 'add in bulk', of: against('addBulk'), make: ratio, goal: '>= 1.8' },
  processRatio: {
    title: 'process, no telemetry',
    of: against('process'),
    make: ratio,
    goal: '>= 1.9',
  },
  processTelemetryRatio: {
    title: 'process, metrics on and traces at 0.01',
    of: ['process.telemetry', 'process.bullmq'],
    make: ratio,
    goal: '>= 1.7',
  },
  pipelineRatio: {
    title: 'add and process at once',
    of: against('pipeline'),
    make: ratio,
    goal: '>= 1.8',
  },
  latencyRatio: { title: 'idle, add to start, p50', of: against('latency'), make: ratio },
  priorityRatio: {
    title: 'critical behind 10,000 bulk, p50',
    of: against('priority'),
    make: ratio,
  },
  memoryRatio: {
    title: 'server memory per 100,000 queued',
    of: against('memory'),
    make: ratio,
    goal: '<= 0.75',
  },
  rawShare: {
    title: 'process, of raw JetStream pull and ack',
    of: ['process.slipstream', 'process.raw'],
    make: ratio,
    goal: '>= 0.6',
  },
  telemetryCost: {
    title: 'process, cost of telemetry',
    of: ['process.telemetry', 'process.slipstream'],
    make: cost,
  },
  latencyP50Ms: {
    title: 'idle, add to start, p50 in ms',
    of: ['latency.slipstream'],
    make: itself,
    goal: '< 1',
  },
  priorityP50Ms: {
    title: 'critical behind 10,000 bulk, p50 in ms',
    of: ['priority.slipstream'],
    make: itself,
    goal: '< 2',
  },
  fiveLevelCost: {
    title: 'process, cost of five priorities',
    of: ['levels.five', 'levels.one'],
    make: cost,
    goal: '< 0.05',
  },
  sleepShare: {
    title: '200 tasks of 100 ms over 28 slots, of a bare loop',
    of: ['sleep.slipstream'],
    make: itself,
    goal: '>= 0.97',
  },
  deepShare: {
    title: 'process with 1,000,000 queued, of 10,000 queued',
    of: ['deep.deep', 'deep.shallow'],
    make: ratio,
    goal: '>= 0.95',
  },
};

/** The figures that the series allow. */
export function figuresOf(series: Series): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, { of, make }] of Object.entries(figures)) {
    const [one, other] = of.map((key) => median(series.get(key) ?? []));
    const value = make(one ?? Number.NaN, other ?? Number.NaN);
    if (Number.isFinite(value)) found[name] = Math.round(value * 1_000) / 1_000;
  }
  return found;
}
