import type { TaskRow } from './task-row.ts';

export interface CachedRow {
  readonly row: TaskRow;
  /** Characters of its texts when it was last counted. The cache writes it. */
  characters: number;
}

export interface RowCacheLimits {
  readonly rows: number;
  /** Of the texts of all rows: results, errors, attempts and the like. */
  readonly characters: number;
}

/** Rows by id, in memory, so many and so much of them; what came first is forgotten first. */
export class RowCache<Entry extends CachedRow> {
  readonly #limits: RowCacheLimits;
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  constructor(limits: RowCacheLimits) {
    this.#limits = limits;
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** Keeps the row, or counts it anew when it has changed. */
  keep(entry: Entry): void {
    const known = this.#entries.get(entry.row.id);
    if (known) this.#characters -= known.characters;
    entry.characters = charactersOf(entry.row);
    this.#characters += entry.characters;
    if (known !== entry) this.#entries.set(entry.row.id, entry);
  }

  delete(id: string): void {
    this.#characters -= this.#entries.get(id)?.characters ?? 0;
    this.#entries.delete(id);
  }

  clear(): void {
    this.#entries.clear();
    this.#characters = 0;
  }

  /** Forgets rows until the limits are kept. */
  trim(): void {
    const { rows, characters } = this.#limits;
    for (const id of this.#entries.keys()) {
      if (this.#entries.size <= rows && this.#characters <= characters) return;
      this.delete(id);
    }
  }
}

/** Of the texts that may be long. */
const charactersOf = ({ result, error, attempts, tags, seqs, starts, webhook }: TaskRow): number =>
  attempts.length +
  tags.length +
  seqs.length +
  starts.length +
  (result?.length ?? 0) +
  (error?.length ?? 0) +
  (webhook?.length ?? 0);
