import { addAbortListener } from 'node:events';
import { RetryLaterError } from '@slipstream/contracts';
import { type ThreadProgram, WorkerThread } from './worker-thread.ts';

export interface ThreadPoolOptions extends ThreadProgram {
  readonly threads: number;
}

export interface ThreadRequestOptions {
  /** Goes before everything that is not urgent, and waits only for what already runs. */
  readonly urgent?: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Job<Request, Reply> {
  readonly request: Request;
  readonly answer: PromiseWithResolvers<Reply>;
}

interface Slot<Request, Reply> {
  thread: Promise<WorkerThread<Request, Reply>> | undefined;
  busy: boolean;
}

/**
 * Worker threads behind two queues. Threads start when they are first needed. A thread that dies
 * fails the request that it was working on; the next request starts another thread.
 */
export class ThreadPool<Request, Reply> implements AsyncDisposable {
  readonly #program: ThreadProgram;
  readonly #slots: readonly Slot<Request, Reply>[];
  readonly #urgent = new Set<Job<Request, Reply>>();
  readonly #patient = new Set<Job<Request, Reply>>();
  #closed = false;

  constructor({ threads, ...program }: ThreadPoolOptions) {
    this.#program = program;
    this.#slots = Array.from({ length: threads }, () => ({ thread: undefined, busy: false }));
  }

  /** Starts all threads and waits until they are ready. */
  async warm(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => this.#threadOf(slot)));
  }

  /** Rejects with the signal's reason; a request that already runs is then left to its thread. */
  async run(request: Request, options: ThreadRequestOptions = {}): Promise<Reply> {
    const { urgent = false, signal } = options;
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const job: Job<Request, Reply> = { request, answer: Promise.withResolvers<Reply>() };
    const queue = urgent ? this.#urgent : this.#patient;
    queue.add(job);
    using _ =
      signal &&
      addAbortListener(signal, () => {
        queue.delete(job);
        job.answer.reject(signal.reason);
      });
    this.#wake();
    return await job.answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (let job = this.#take(); job; job = this.#take()) job.answer.reject(closedError());
    const threads = this.#slots.flatMap(({ thread }) => thread ?? []);
    // A thread that could not start has failed its own request.
    for (const started of await Promise.allSettled(threads)) {
      if (started.status === 'fulfilled') await started.value[Symbol.asyncDispose]();
    }
  }

  #wake(): void {
    for (const slot of this.#slots) {
      if (slot.busy) continue;
      const job = this.#take();
      if (!job) return;
      void this.#work(slot, job);
    }
  }

  /** Works until the queues are empty. Never rejects: every outcome belongs to a job. */
  async #work(slot: Slot<Request, Reply>, first: Job<Request, Reply>): Promise<void> {
    slot.busy = true;
    for (let job: Job<Request, Reply> | undefined = first; job; job = this.#take()) {
      try {
        const thread = await this.#threadOf(slot);
        job.answer.resolve(await thread.ask(job.request));
      } catch (error) {
        job.answer.reject(error);
      }
    }
    slot.busy = false;
  }

  #threadOf(slot: Slot<Request, Reply>): Promise<WorkerThread<Request, Reply>> {
    if (slot.thread !== undefined) return slot.thread;
    const thread = WorkerThread.start<Request, Reply>(this.#program);
    const forget = () => {
      if (slot.thread === thread) slot.thread = undefined;
    };
    thread.then((started) => started.onDeath(forget), forget);
    slot.thread = thread;
    return thread;
  }

  #take(): Job<Request, Reply> | undefined {
    for (const queue of [this.#urgent, this.#patient]) {
      for (const job of queue) {
        queue.delete(job);
        return job;
      }
    }
    return undefined;
  }
}

const closedError = () =>
  new RetryLaterError('the embedder is closed', { code: 'embedder-closed' });
