import type { Idf } from './idf.ts';
import { type QuestionShape, questionShape, questionSimilarity } from './question-match.ts';

interface Known {
  readonly shape: QuestionShape;
  readonly goodUntil: number;
}

/** The most questions of one group that a new one is compared with: about 0.3 ms. */
const MAX_KNOWN = 1_000;
const MAX_GROUPS = 200;

/** Questions in groups, to find the one of a group that asks the same as a new one. */
export class QuestionIndex {
  readonly #now: () => number;
  /** By group, then by key; the newest last. */
  readonly #groups = new Map<string, Map<string, Known>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param goodUntil when the question is forgotten, by the same clock as `now` */
  add(group: string, key: string, question: string, goodUntil: number): void {
    const known = this.#groups.get(group) ?? new Map<string, Known>();
    known.delete(key);
    known.set(key, { shape: questionShape(question), goodUntil });
    this.#groups.delete(group);
    this.#groups.set(group, known);
    dropOldest(known, MAX_KNOWN);
    dropOldest(this.#groups, MAX_GROUPS);
  }

  /** The key of the nearest question of the group that is at least `least` near, 0 to 1. */
  find(group: string, question: string, least: number, idf: Idf): string | undefined {
    const known = this.#groups.get(group);
    if (!known) return undefined;
    const shape = questionShape(question);
    let best: { readonly key: string; readonly similarity: number } | undefined;
    for (const [key, { shape: other, goodUntil }] of known) {
      if (goodUntil <= this.#now()) {
        known.delete(key);
        continue;
      }
      const similarity = questionSimilarity(shape, other, idf);
      if (similarity >= Math.max(least, best?.similarity ?? 0)) best = { key, similarity };
    }
    return best?.key;
  }

  /** Forgets every group whose name begins so. */
  drop(prefix: string): void {
    for (const group of this.#groups.keys()) {
      if (group.startsWith(prefix)) this.#groups.delete(group);
    }
  }
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
