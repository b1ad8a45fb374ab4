/** Between this many and twice as many finished runs are remembered. */
const MAX_FINISHED = 10_000;

export interface Retry {
  /** Attempts that were used. */
  readonly attempt: number;
  /** When the next one is due (ms since 1970). */
  readonly notBefore: number;
  /** Of the delivery that was sent back. */
  readonly count: number;
}

/** What this process remembers of tasks it has met, so that a redelivery need not ask the log. */
export class Recall {
  #finished = new Set<string>();
  #finishedBefore = new Set<string>();
  readonly #attempts = new Lru<Retry>(20_000);
  readonly #cancelled = new Map<string, number>();

  noteFinished(key: string): void {
    this.#finished.add(key);
    if (this.#finished.size >= MAX_FINISHED) {
      this.#finishedBefore = this.#finished;
      this.#finished = new Set();
    }
    if (this.#attempts.size > 0) this.#attempts.delete(key);
  }

  noteRetry(key: string, retry: Retry): void {
    this.#attempts.set(key, retry);
  }

  /** Remembers a broadcast cancel for a minute: its run may still be on its way to us. */
  noteCancelled(key: string, now = Date.now()): void {
    this.#cancelled.set(key, now + 60_000);
    for (const [known, until] of this.#cancelled) {
      if (until > now) break;
      this.#cancelled.delete(known);
    }
  }

  isFinished = (key: string): boolean => this.#finished.has(key) || this.#finishedBefore.has(key);
  isCancelled = (key: string): boolean => this.#cancelled.has(key);

  /** The last retry of a run that this process knows of. */
  retryOf = (key: string): Retry | undefined => this.#attempts.get(key);
}

/** Least recently set goes first. */
class Lru<V> {
  readonly #entries = new Map<string, V>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get = (key: string): V | undefined => this.#entries.get(key);

  get size(): number {
    return this.#entries.size;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#max) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
