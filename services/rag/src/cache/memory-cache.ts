import type { CachedAnswer } from './cached-answer.ts';

export interface MemoryCacheOptions {
  /** Most entries; the one that was not asked for the longest goes first. 0: keeps none. */
  readonly entries: number;
  /** How long an entry stays, ms. */
  readonly ttlMs: number;
  readonly now: () => number;
}

/** The first level: answers that this process gave lately. */
export class MemoryCache {
  readonly #options: MemoryCacheOptions;
  /** In the order of use. */
  readonly #entries = new Map<string, { entry: CachedAnswer; until: number }>();

  constructor(options: MemoryCacheOptions) {
    this.#options = options;
  }

  get(key: string): CachedAnswer | undefined {
    const found = this.#entries.get(key);
    if (!found) return undefined;
    this.#entries.delete(key);
    if (found.until <= this.#options.now()) return undefined;
    this.#entries.set(key, found);
    return found.entry;
  }

  set(key: string, entry: CachedAnswer): void {
    const { entries, ttlMs, now } = this.#options;
    this.#entries.delete(key);
    this.#entries.set(key, { entry, until: Math.min(now() + ttlMs, entry.goodUntil) });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= entries) return;
      this.#entries.delete(oldest);
    }
  }

  /** Drops what a brand's token begins. */
  drop(token: string): void {
    for (const key of this.#entries.keys()) {
      if (key.startsWith(`${token}.`)) this.#entries.delete(key);
    }
  }
}
