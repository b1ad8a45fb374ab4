import type { LimitName } from './admission.ts';
import type { Category } from './category.ts';
import type { TaskMessage } from './message.ts';

/** A large value kept outside the log: `blob:<space>/<sha256>/<parts>`. */
export type BlobRef = `blob:${string}`;

export interface TaskErrorShape {
  readonly code: string;
  readonly message: string;
}

export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly message?: string;
}

/** How far the children of a task are. */
export interface ChildCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Never ran, because a child before them did not succeed. */
  readonly skipped?: number;
}

interface Common {
  readonly id: string;
  readonly run: number;
  readonly category: Category;
  /** RFC 3339, by the clock of the process that wrote it. */
  readonly at: string;
}

/** A run's outcome also names kind and times, so that it stands alone when it overtakes the other events. */
interface Outcome extends Common {
  readonly kind: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly worker: string;
  /** Last FLOWS sequence that this task appended: whoever reads the outcome must have read up to it. */
  readonly flowSeq?: number;
}

/**
 * What happened to a task. `events.<category>` holds arrays of these. Readers merge them by
 * (run, attempt, rank), never by arrival: a short task finishes before its `submitted` is flushed.
 */
export type TaskEvent =
  | (Common & {
      readonly type: 'submitted';
      readonly task: TaskMessage;
      readonly traceparent?: string;
      readonly runAt?: string;
    })
  /** Waits in a lane for others with its key, or for its turn. */
  | (Common & {
      readonly type: 'parked';
      /** Of the message in the lane. */
      readonly gen: number;
      /** The attempt that it waits for. */
      readonly nextAttempt: number;
      readonly limit: LimitName;
      readonly key: string;
      readonly tenant: string;
    })
  /** Goes from its lane into its queue. */
  | (Common & { readonly type: 'released'; readonly gen: number; readonly nextAttempt: number })
  | (Common & { readonly type: 'started'; readonly attempt: number; readonly worker: string })
  | (Common & {
      /** A start that ended without an outcome, and not by a crash: no attempt is lost. */
      readonly type: 'given-back';
      readonly attempt: number;
      readonly startedAt: string;
      readonly worker: string;
    })
  | (Common & {
      readonly type: 'progress';
      readonly progress: Progress;
      readonly children?: ChildCounts;
    })
  | (Outcome & {
      readonly type: 'waiting';
      readonly result?: unknown;
      readonly resultRef?: BlobRef;
    })
  | (Outcome & {
      readonly type: 'retrying';
      readonly error: TaskErrorShape;
      readonly nextRunAt: string;
    })
  | (Outcome & {
      readonly type: 'succeeded';
      readonly children?: ChildCounts;
      readonly result?: unknown;
      readonly resultRef?: BlobRef;
    })
  | (Outcome & {
      readonly type: 'failed';
      readonly error: TaskErrorShape;
      readonly children?: ChildCounts;
    })
  | (Common & {
      readonly type: 'cancelled';
      readonly reason?: string;
      /** Default: `cancelled`. */
      readonly code?: string;
    })
  /** A user's retry: `run` is the new one, and the task begins again from `queued`. */
  | (Common & {
      readonly type: 'replayed';
      readonly task: TaskMessage;
      readonly traceparent?: string;
    })
  /** A user has seen that this run failed and wants nothing more of it. */
  | (Common & { readonly type: 'discarded' });

export type EventType = TaskEvent['type'];
export type EventOf<T extends EventType> = Extract<TaskEvent, { type: T }>;

export const finalTypes = ['succeeded', 'failed', 'cancelled'] as const;

export const isFinal = (event: TaskEvent): event is EventOf<'succeeded' | 'failed' | 'cancelled'> =>
  event.type === 'succeeded' || event.type === 'failed' || event.type === 'cancelled';
