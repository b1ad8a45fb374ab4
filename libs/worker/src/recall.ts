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
  readonly #finished = new Lru<true>(20_000);
  readonly #attempts = new Lru<Retry>(20_000);
  readonly #cancelled = new Map<string, number>();

  noteFinished(key: string): void {
    this.#finished.set(key, true);
    this.#attempts.delete(key);
  }

  noteRetry(key: string, retry: Retry): void {
    this.#attempts.set(key, retry);
  }

  /** Remembers a broadcast cancel for a minute: its task may still be on its way to us. */
  noteCancelled(id: string, now = Date.now()): void {
    this.#cancelled.set(id, now + 60_000);
    for (const [known, until] of this.#cancelled) {
      if (until > now) break;
      this.#cancelled.delete(known);
    }
  }

  isFinished = (key: string): boolean => this.#finished.get(key) === true;
  isCancelled = (id: string): boolean => this.#cancelled.has(id);

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
