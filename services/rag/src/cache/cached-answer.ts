import type { Answer } from '../answer/cite.ts';

/** An answer as the cache keeps it: without what belongs to one run. */
export type KeptAnswer = Omit<Answer, 'cached' | 'cache' | 'timings' | 'usage' | 'embedderUsage'>;

/** What was made, and whether others may have it. */
export interface Made {
  readonly answer: KeptAnswer;
  readonly keep: boolean;
}

/** An entry of the bucket `answers`. */
export interface CachedAnswer {
  /** As it was asked, to find it by a question that asks the same. */
  readonly question: string;
  /** Everything else that the answer depends on: entries of two scopes never stand for each other. */
  readonly scope: string;
  /** When it was made and until when it is good, ms since 1970. */
  readonly madeAt: number;
  readonly goodUntil: number;
  readonly answer: KeptAnswer;
}

export interface CacheKey {
  /** `<token of the brand>.<sha256>` */
  readonly key: string;
  readonly scope: string;
  readonly question: string;
}
