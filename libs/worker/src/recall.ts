/** Between this many and twice as many finished runs are remembered. */
const MAX_FINISHED = 10_000;

/** What this process remembers of tasks it has met, so that a redelivery need not ask the log. */
export class Recall {
  #finished = new Set<string>();
  #finishedBefore = new Set<string>();
  readonly #attempts = new Lru<{ attempt: number; notBefore: number }>(20_000);
  readonly #cancelled = new Map<string, number>();

  noteFinished(key: string): void {
    this.#finished.add(key);
    if (this.#finished.size >= MAX_FINISHED) {
      this.#finishedBefore = this.#finished;
      this.#finished = new Set();
    }
    if (this.#attempts.size > 0) this.#attempts.delete(key);
  }

  /** Remembers a retry: `attempt` runs were used, and the next is due at `notBefore` (ms since 1970). */
  noteRetry(key: string, attempt: number, notBefore: number): void {
    this.#attempts.set(key, { attempt, notBefore });
  }

  /** Remembers a broadcast cancel for a minute: its task may still be on its way to us. */
  noteCancelled(id: string, now = Date.now()): void {
    this.#cancelled.set(id, now + 60_000);
    for (const [known, until] of this.#cancelled) {
      if (until > now) break;
      this.#cancelled.delete(known);
    }
  }

  isFinished = (key: string): boolean => this.#finished.has(key) || this.#finishedBefore.has(key);
  isCancelled = (id: string): boolean => this.#cancelled.has(id);
  retryOf = (key: string) => this.#attempts.get(key);
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
