import type { Priority } from '@slipstream/contracts';

/** What a task of the benchmark carries: about 200 bytes as JSON. */
export interface BenchPayload {
  readonly text: string;
  /** On the clock of `nowMs()`, for tasks whose wait is measured. */
  readonly sentAt?: number;
}

export interface BenchTask {
  readonly payload: BenchPayload;
  /** Undefined: the way of the system that costs least. */
  readonly priority?: Priority | undefined;
}

interface Work {
  /** Tasks in hand at once. */
  readonly slots: number;
  readonly handle: (payload: BenchPayload) => Promise<object>;
}

export interface RunningWork extends AsyncDisposable {
  /** Tasks answered so far: their outcome is stored and they are out of the queue. */
  readonly done: number;
}

/** One connection to a system. Every system does the same things through it. */
export interface Queue {
  /** Resolves when the system has acknowledged the task. */
  add(task: BenchTask): Promise<void>;
  /** The system's own way to add many at once. */
  addBulk(tasks: readonly BenchTask[]): Promise<void>;
  work(work: Work): Promise<RunningWork>;
}

/** Milliseconds on the machine's monotonic clock: the same in every process. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1_000_000;
}
