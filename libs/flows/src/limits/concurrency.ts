/** Who holds what: `<ask>` of `<instance>` under `<key>`. */
export interface Hold {
  readonly ask: string;
  readonly key: string;
  readonly instance: string;
}

interface Kept extends Hold {
  confirmedAt: number;
}

/** What is held, by whom. Nothing leaks: a hold lasts only as long as its holder says that it has it. */
export class Holds {
  readonly #byAsk = new Map<string, Kept>();
  readonly #counts = new Map<string, number>();
  readonly #instances = new Map<string, Set<string>>();

  constructor(restored: readonly Hold[] = [], now = 0) {
    for (const hold of restored) this.add(hold, now);
  }

  get size(): number {
    return this.#byAsk.size;
  }

  has = (ask: string): boolean => this.#byAsk.has(ask);

  /** How many hold this key. */
  count = (key: string): number => this.#counts.get(key) ?? 0;

  all = (): readonly Hold[] =>
    [...this.#byAsk.values()].map(({ ask, key, instance }) => ({ ask, key, instance }));

  add({ ask, key, instance }: Hold, now: number): void {
    if (this.#byAsk.has(ask)) return;
    this.#byAsk.set(ask, { ask, key, instance, confirmedAt: now });
    this.#counts.set(key, this.count(key) + 1);
    const asks = this.#instances.get(instance);
    if (asks) asks.add(ask);
    else this.#instances.set(instance, new Set([ask]));
  }

  /** An instance told all that it holds: the rest of its holds has ended. Returns whether any had. */
  keepOnly(instance: string, held: readonly string[], now: number): boolean {
    const named = new Set(held);
    const ended = [...(this.#instances.get(instance) ?? [])].filter((ask) => !named.has(ask));
    for (const ask of ended) this.end(ask);
    this.confirm(held, now);
    return ended.length > 0;
  }

  /** These are still held. Says nothing of others. */
  confirm(held: readonly string[], now: number): void {
    for (const ask of held) {
      const hold = this.#byAsk.get(ask);
      if (hold) hold.confirmedAt = now;
    }
  }

  /** Everything counts as confirmed now: nobody could be heard for a while. */
  confirmAll(now: number): void {
    for (const hold of this.#byAsk.values()) hold.confirmedAt = now;
  }

  /** Ends what was not confirmed for `graceMs`: its worker is gone. Returns whether any was. */
  expire(graceMs: number, now: number): boolean {
    const gone = [...this.#byAsk.values()].filter(({ confirmedAt }) => confirmedAt + graceMs < now);
    for (const { ask } of gone) this.end(ask);
    return gone.length > 0;
  }

  /** This one has ended. */
  end(ask: string): void {
    const hold = this.#byAsk.get(ask);
    if (!hold) return;
    this.#byAsk.delete(ask);
    const left = this.count(hold.key) - 1;
    if (left > 0) this.#counts.set(hold.key, left);
    else this.#counts.delete(hold.key);
    const asks = this.#instances.get(hold.instance);
    asks?.delete(ask);
    if (asks?.size === 0) this.#instances.delete(hold.instance);
  }
}
