import type { Static, TSchema } from 'typebox';
import type { Category } from './category.ts';
import type { TaskErrorShape } from './events.ts';
import type { KindLimits } from './limits.ts';
import type { Priority } from './priority.ts';
import type { TaskState } from './task.ts';

export interface RetryPolicy {
  /** Runs altogether, the first one included. */
  readonly maxAttempts: number;
  /** Wait before attempt 2, 3, ...; the last one repeats. Jitter of 20 % is added. */
  readonly delaysMs: readonly number[];
}

/** First run and three retries after 1, 5 and 15 s. */
export const defaultRetry: RetryPolicy = { maxAttempts: 4, delaysMs: [1_000, 5_000, 15_000] };

export const defaultTimeoutMs = 300_000;

/** Several tasks of the kind share one call of its handler. */
export interface BatchPolicy<Payload extends TSchema = TSchema> {
  /** Most tasks in one call. */
  readonly max: number;
  /** How long the first of them waits for others. */
  readonly waitMs: number;
  /** Only tasks with the same key share a call; undefined: this one has a call of its own. */
  key?(payload: Static<Payload>): string | undefined;
}

/** How a child of a task has ended; `over-limit`: it never became a task, its parent has enough. */
export interface ChildEnd {
  readonly kind: string;
  readonly state: TaskState | 'over-limit';
  readonly result?: unknown;
  readonly error?: TaskErrorShape;
  /** Of one over the limit. */
  readonly payload?: unknown;
}

export interface TaskDefinition<
  Kind extends string = string,
  Pool extends Category = Category,
  Payload extends TSchema = TSchema,
  Result extends TSchema = TSchema,
> {
  readonly kind: Kind;
  readonly category: Pool;
  readonly summary: string;
  readonly payload: Payload;
  readonly result: Result;
  readonly priority: Priority;
  /** Default: `defaultRetry`. */
  readonly retry?: RetryPolicy;
  /** Longest run of one attempt. Default: `defaultTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Text fields of the payload by whose words its tasks are found. They stay in the projections: no texts of a brand. */
  readonly searchable?: readonly string[];
  /** The result holds texts of a brand: it is kept under the brand's subjects, never in the log. */
  readonly resultHoldsText?: boolean;
  /** The result may name those of its children (`childResult`): they are put in when the task ends. */
  readonly fillsResult?: boolean;
  /** The same for the payload: queue and log have a reference to it. */
  readonly payloadHoldsText?: boolean;
  /** The field of the payload that is the key of its limits and of its lane, such as `brand`. */
  readonly key?: string;
  /** Most tasks of one key that run at once, over all workers. */
  readonly concurrency?: KindLimits['concurrency'];
  /** Most starts in a time, over all workers. */
  readonly rate?: KindLimits['rate'];
  /** What a failed child does to its parent. Default: `fail`. With `continue` one success is enough. */
  readonly onChildFailure?: 'fail' | 'continue';
  /**
   * What the result of a parent says when all of its children have ended. Called with groups of
   * them, in the order of the log; pure.
   */
  report?(result: Static<Result>, ended: readonly ChildEnd[]): Static<Result>;
  /** For a `BatchHandler`. Default: one task, one call. */
  readonly batch?: BatchPolicy<Payload>;
}

/** Keeps the literal types of a task, so that handlers and routes can be derived from it. */
export const defineTask = <
  const Kind extends string,
  const Pool extends Category,
  Payload extends TSchema,
  Result extends TSchema,
>(
  task: TaskDefinition<Kind, Pool, Payload, Result>,
): TaskDefinition<Kind, Pool, Payload, Result> => task;

/** A table kind -> definition. The system's own is `tasks`; tests and other products bring theirs. */
export type TaskTable = Readonly<Record<string, TaskDefinition>>;

export type PayloadOf<T extends TaskDefinition> = Static<T['payload']>;
export type ResultOf<T extends TaskDefinition> = Static<T['result']>;
