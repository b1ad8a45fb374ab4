import {
  type Idf,
  type QuestionShape,
  questionShape,
  questionSimilarity,
} from '@slipstream/retrieval';
import type { CachedAnswer, CacheKey } from './cached-answer.ts';

interface Known {
  readonly shape: QuestionShape;
  readonly goodUntil: number;
}

/** The most questions of one scope that a new one is compared with: about 0.3 ms. */
const MAX_KNOWN = 1_000;
const MAX_SCOPES = 200;

/** Which questions have an answer in the cache, to find the one that asks the same. */
export class AskedBefore {
  readonly #now: () => number;
  /** By token and scope, then by key; the newest last. */
  readonly #scopes = new Map<string, Map<string, Known>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** In other words an unanswered question may well have an answer, so it stands for itself only. */
  add(key: string, { question, scope, goodUntil, answer }: CachedAnswer): void {
    if (answer.outcome !== 'answered') return;
    const name = scopeName(key, scope);
    const known = this.#scopes.get(name) ?? new Map<string, Known>();
    known.delete(key);
    known.set(key, { shape: questionShape(question), goodUntil });
    this.#scopes.delete(name);
    this.#scopes.set(name, known);
    dropOldest(known, MAX_KNOWN);
    dropOldest(this.#scopes, MAX_SCOPES);
  }

  /** The key of the nearest question that is at least `least` near, 0 to 1. */
  find({ key, scope, question }: CacheKey, least: number, idf: Idf): string | undefined {
    const known = this.#scopes.get(scopeName(key, scope));
    if (!known) return undefined;
    const shape = questionShape(question);
    let best: { key: string; similarity: number } | undefined;
    for (const [other, { shape: shapeOfOther, goodUntil }] of known) {
      if (goodUntil <= this.#now()) {
        known.delete(other);
        continue;
      }
      const similarity = questionSimilarity(shape, shapeOfOther, idf);
      if (similarity >= Math.max(least, best?.similarity ?? 0)) best = { key: other, similarity };
    }
    return best?.key;
  }

  /** Forgets what a brand's token begins. */
  drop(token: string): void {
    for (const name of this.#scopes.keys()) {
      if (name.startsWith(`${token}.`)) this.#scopes.delete(name);
    }
  }
}

const scopeName = (key: string, scope: string): string =>
  `${key.slice(0, key.indexOf('.'))}.${scope}`;

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
