import {
  type Category,
  nowText,
  type Progress,
  subjects,
  type TaskDefinition,
  type TaskMessage,
} from '@slipstream/contracts';
import type { Delivery } from '@slipstream/jetstream';
import type { ChildrenOptions, ChildSpec } from '@slipstream/tasklog';
import { appendChildren } from '@slipstream/tasklog';
import type { Logger } from '@slipstream/telemetry';
import { traceparentOf } from '@slipstream/telemetry';
import type { Child, TaskContext } from './handler.ts';
import { StoppedError, type StopReason } from './outcome.ts';
import type { PoolParts } from './pool-parts.ts';

const LIVE_EVERY_MS = 100;
const LOG_EVERY_MS = 1_000;

/** One task in hand: its context for the handler, and what the pool must know of it. */
export class RunningTask implements TaskContext<never> {
  readonly message: TaskMessage;
  readonly definition: TaskDefinition;
  readonly delivery: Delivery;
  readonly attempt: number;
  readonly traceparent: string | undefined;
  /** RFC 3339. */
  readonly startedAt = nowText();
  readonly since = performance.now();
  readonly timeoutMs: number;
  /** Its `started` event was written. */
  announced = false;
  hasChildren = false;
  /** Last sequence in FLOWS that it appended. */
  flowSeq: number | undefined;
  readonly #parts: PoolParts;
  #abort: AbortController | undefined;
  #stopped: StoppedError | undefined;
  #onStop: ((error: StoppedError) => void) | undefined;
  #log: Logger | undefined;
  #liveAt = 0;
  #loggedAt = 0;

  constructor(
    parts: PoolParts,
    task: {
      message: TaskMessage;
      definition: TaskDefinition;
      delivery: Delivery;
      attempt: number;
      traceparent: string | undefined;
      timeoutMs: number;
    },
  ) {
    this.#parts = parts;
    this.message = task.message;
    this.definition = task.definition;
    this.delivery = task.delivery;
    this.attempt = task.attempt;
    this.traceparent = task.traceparent;
    this.timeoutMs = task.timeoutMs;
  }

  get id(): string {
    return this.message.id;
  }

  get parentId(): string | undefined {
    return this.message.parentId;
  }

  get fence() {
    return { run: this.message.run, gen: this.message.gen };
  }

  get category(): Category {
    return this.definition.category;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#stopped) this.#abort.abort(this.#stopped);
    }
    return this.#abort.signal;
  }

  get log(): Logger {
    const { id, attempt } = this;
    this.#log ??= this.#parts.logger.child({ taskId: id, kind: this.message.kind, attempt });
    return this.#log;
  }

  /** Aborts the signal; a handler that does not listen is left alone after `graceMs`. */
  stop(reason: StopReason, message: string, graceMs = 5_000): void {
    if (this.#stopped) return;
    const error = new StoppedError(reason, message);
    this.#stopped = error;
    this.#abort?.abort(error);
    setTimeout(() => this.#onStop?.(error), this.#abort ? graceMs : 0).unref();
  }

  /** Runs the handler; a stop ends it with the reason of the stop, whatever the handler makes of it. */
  guard<T>(run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: unknown): void => reject(this.#stopped ?? error);
      this.#onStop = fail;
      run().then(resolve, fail);
    });
  }

  // Handlers take these out of the context, so they are bound; made when asked for, as few are.
  get progress() {
    return (progress: Progress): void => this.#progress(progress);
  }

  get emit() {
    return (type: string, data: unknown): void => this.#emit(type, data);
  }

  get addChildren() {
    return (children: readonly Child<never>[], options?: ChildrenOptions): Promise<void> =>
      this.#addChildren(children, options);
  }

  get addSiblings() {
    return (siblings: readonly Child<never>[]): Promise<void> => this.#addSiblings(siblings);
  }

  #progress(progress: Progress): void {
    const now = performance.now();
    const last = progress.done === progress.total;
    if (last || now - this.#liveAt >= LIVE_EVERY_MS) {
      this.#liveAt = now;
      this.#emit('progress', progress);
    }
    if (now - this.#loggedAt >= LOG_EVERY_MS) {
      this.#loggedAt = now;
      const { id, category } = this;
      const at = new Date().toISOString();
      this.#parts.log
        .append({ type: 'progress', id, run: this.message.run, category, at, progress })
        .catch((err: unknown) => this.log.warn({ err }, 'progress was not stored'));
    }
  }

  #emit(type: string, data: unknown): void {
    const body = JSON.stringify({ type, at: new Date().toISOString(), data });
    if (!this.#parts.bus.connection.isClosed()) {
      this.#parts.bus.connection.publish(subjects.live(this.id), body);
    }
  }

  async #addChildren(children: readonly Child<never>[], options?: ChildrenOptions): Promise<void> {
    if (children.length === 0) return;
    this.hasChildren = true;
    await this.#append(this.id, children, options);
  }

  async #addSiblings(siblings: readonly Child<never>[]): Promise<void> {
    if (this.parentId === undefined) throw new TypeError(`task ${this.id} has no parent`);
    if (siblings.length > 0) await this.#append(this.parentId, siblings);
  }

  async #append(
    parentId: string,
    children: readonly Child<never>[],
    options?: ChildrenOptions,
  ): Promise<void> {
    const specs = children.map((child) => this.#specOf(child));
    this.flowSeq = await appendChildren(this.#parts.bus, parentId, specs, {
      by: this.id,
      traceparent: traceparentOf() ?? this.traceparent,
      ...options,
    });
  }

  #specOf({ key, kind, payload, priority, after }: Child<never>): ChildSpec {
    const definition = this.#parts.tasks[kind];
    if (!definition) throw new TypeError(`there is no kind '${String(kind)}'`);
    return { key, definition, payload, ...(priority && { priority }), ...(after && { after }) };
  }
}
