import type { SourceScope } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Projection } from '@slipstream/tasklog';
import type { Mentions } from './mentions.ts';

/** Where something of a brand lies. Both may be repeated, after a crash too. */
export interface Place {
  /** What is there now, by name. */
  look(): Promise<Counts>;
  /** Removes it, from the disk too. Resolves with what was removed. */
  erase(): Promise<Counts>;
}

export type Counts = Readonly<Record<string, number>>;

export interface PlaceParts {
  readonly bus: Bus;
  readonly projection: Projection;
  readonly store: KnowledgeStore;
  readonly scope: SourceScope;
  readonly mentions: Mentions;
}

export const sum = (numbers: readonly number[]): number =>
  numbers.reduce((total, one) => total + one, 0);

/** A place of which everything that is there is removed by one function: `erase(false)` only counts. */
export const place = (name: string, visit: (erase: boolean) => Promise<number>): Place => ({
  look: async () => ({ [name]: await visit(false) }),
  erase: async () => ({ [name]: await visit(true) }),
});
