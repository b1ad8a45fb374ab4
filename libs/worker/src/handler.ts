import type {
  Category,
  KindIn,
  PayloadOf,
  Priority,
  Progress,
  ResultOf,
  TaskDefinition,
  Tasks,
} from '@slipstream/contracts';
import type { ChildrenOptions } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';

/** A task to run after this one, named by the handler. */
export interface Child<Table = Tasks> {
  /** Unique among the children of one parent: the same key again is the same task. */
  readonly key: string;
  readonly kind: keyof Table & string;
  /** `{"$result": "<key>", "path": "/pages"}` in it stands for the result of a child it comes after. */
  readonly payload: unknown;
  readonly priority?: Priority;
  /** Keys of children that must succeed before this one runs. */
  readonly after?: readonly string[];
}

/** What a handler knows of its task, and what it can do besides returning a result. */
export interface TaskContext<Table = Tasks> {
  readonly id: string;
  /** From 1; crashes and give-backs do not count. */
  readonly attempt: number;
  /** For the handler's own writes: a later (run, gen) supersedes an earlier one. */
  readonly fence: { readonly run: number; readonly gen: number };
  readonly parentId: string | undefined;
  /** Aborts on time-out, cancel and shutdown. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Shows how far the task is. Cheap: what comes too fast is left out. */
  progress(progress: Progress): void;
  /** Sends a partial result to whoever watches the task. `data` is JSON. */
  emit(type: string, data: unknown): void;
  /** Adds children, durably. The task ends when they have ended. */
  addChildren(children: readonly Child<Table>[], options?: ChildrenOptions): Promise<void>;
  /** Adds tasks beside this one, under the same parent. Throws when there is no parent. */
  addSiblings(siblings: readonly Child<Table>[]): Promise<void>;
}

export type Handler<Definition extends TaskDefinition = TaskDefinition, Table = Tasks> = (
  payload: PayloadOf<Definition>,
  context: TaskContext<Table>,
) => Promise<ResultOf<Definition>>;

/** The handler of one of the system's own kinds. */
export type HandlerOf<K extends keyof Tasks> = Handler<Tasks[K]>;

/** One handler for every kind of the pool. A kind without a handler does not compile. */
export type Handlers<C extends Category, Table = Tasks> = {
  readonly [K in KindIn<C, Table>]: Table[K & keyof Table] extends TaskDefinition
    ? Handler<Table[K & keyof Table], Table>
    : never;
};
