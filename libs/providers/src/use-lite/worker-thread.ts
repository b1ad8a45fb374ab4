import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RetryLaterError } from '@slipstream/contracts';

/** What a thread posts: once when it is ready to work, then one reply for each request. */
export type ThreadMessage<Reply> =
  | { readonly type: 'ready' }
  | { readonly type: 'reply'; readonly reply: Reply }
  | { readonly type: 'failed'; readonly message: string };

/** The module that a thread runs, which posts `ThreadMessage`s, and what it is told at its start. */
export interface ThreadProgram {
  readonly file: URL;
  readonly data?: unknown;
}

/** A worker thread that answers one request at a time. */
export class WorkerThread<Request, Reply> implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #died = Promise.withResolvers<never>();

  private constructor({ file, data }: ThreadProgram) {
    const name = file.pathname.split('/').at(-1) ?? 'worker';
    this.#worker = new Worker(file, { name, workerData: data });
    const die = (cause: Error) => {
      const message = `the thread of the model died: ${cause.message}`;
      this.#died.reject(new RetryLaterError(message, { code: 'embedding-thread-died', cause }));
    };
    this.#worker.once('error', die);
    this.#worker.once('exit', (code) => die(new Error(`exit code ${code}`)));
    // A thread that dies idle disappoints nobody; whoever waits for it gets the rejection.
    this.#died.promise.catch(() => {});
  }

  /** Starts the thread and waits until it is ready. */
  static async start<Request, Reply>(
    program: ThreadProgram,
  ): Promise<WorkerThread<Request, Reply>> {
    const thread = new WorkerThread<Request, Reply>(program);
    await thread.#next();
    return thread;
  }

  /**
   * Rejects with a RetryLaterError when the thread dies, with an Error when it says that it failed.
   */
  async ask(request: Request): Promise<Reply> {
    const next = this.#next();
    this.#worker.postMessage(request);
    const message = await next;
    if (message.type === 'reply') return message.reply;
    throw new Error(message.type === 'failed' ? message.message : 'the thread started twice');
  }

  /** Calls back as soon as the thread can no longer be asked. */
  onDeath(callback: () => void): void {
    this.#worker.once('error', callback);
    this.#worker.once('exit', callback);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  async #next(): Promise<ThreadMessage<Reply>> {
    const stop = new AbortController();
    try {
      const message = once(this.#worker, 'message', { signal: stop.signal });
      const [first] = await Promise.race([message, this.#died.promise]);
      return first;
    } finally {
      stop.abort();
    }
  }
}
