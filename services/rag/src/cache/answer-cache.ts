import { createHash } from 'node:crypto';
import { anyBrandToken, brandToken } from '@slipstream/contracts';
import { type Bus, followStream, indexVersion, onIndexChange } from '@slipstream/jetstream';
import { type Idf, normalQuestion, QuestionIndex } from '@slipstream/retrieval';
import type { Logger } from '@slipstream/telemetry';
import type { Question } from '../answer/cite.ts';
import { createAnswerBucket, entryOf } from './answer-bucket.ts';
import type { CachedAnswer, CacheKey, KeptAnswer, Made } from './cached-answer.ts';
import { MemoryCache } from './memory-cache.ts';

export interface AnswerCacheOptions {
  /** First level: most entries and how long they stay, ms. */
  readonly memoryEntries: number;
  readonly memoryMs: number;
  /** Second level: how long an answer is good, ms; 0 switches the cache off. */
  readonly ttlMs: number;
  /** How long it is good that there was no answer, ms; 0: not at all. */
  readonly unansweredMs: number;
  /** From which similarity on (0 to 1) another question's answer is given; above 1: never. */
  readonly similarity: number;
  readonly now?: () => number;
}

export interface AnswerCacheParts {
  readonly bus: Bus;
  readonly logger: Logger;
  /** How rare the terms of the knowledge are. */
  readonly termWeights: () => Promise<Idf>;
  /** Models, prompt and retrieval settings in one text: with another one no answer is shared. */
  readonly recipe: () => string;
}

export type Match = 'exact' | 'near' | 'miss';

export interface FromCache {
  readonly match: Match;
  readonly answer: KeptAnswer;
  /** 0 for a miss. */
  readonly ageMs: number;
}

export interface AnswerCache extends AsyncDisposable {
  /** The answer of the same question, or of one that asks the same; otherwise what `make` makes. */
  answer(question: Question, make: () => Promise<Made>, signal: AbortSignal): Promise<FromCache>;
}

/**
 * Two levels: what this process gave lately, and the bucket that all share. The version of the
 * index is part of the key, so that a change of the knowledge ends every answer of before; of equal
 * questions at once, over all processes, one is answered and the others get its answer.
 */
export function createAnswerCache(parts: AnswerCacheParts, options: AnswerCacheOptions) {
  const { bus, logger, termWeights, recipe } = parts;
  const { memoryEntries, memoryMs, ttlMs, unansweredMs, similarity, now = Date.now } = options;
  const bucket = createAnswerBucket(bus, now);
  const memory = new MemoryCache({ entries: memoryEntries, ttlMs: memoryMs, now });
  const before = new QuestionIndex(now);
  const stop = new AbortController();
  const unlisten = onIndexChange(bus, (token) => {
    memory.drop(token);
    before.drop(`${token}.`);
  });
  const following = follow();
  // The answer is given all the same.
  const notStored = (err: unknown): void => logger.warn({ err }, 'an answer was not cached');

  /** What others put into the bucket, so that their questions are found too. */
  async function follow(): Promise<void> {
    const { signal } = stop;
    const onError = (err: unknown) => logger.warn({ err }, 'cached questions are not followed');
    for await (const { subject, data } of followStream(bus, 'KV_answers', { signal, onError })) {
      const entry = entryOf(data);
      if (entry && entry !== 'pending') remember(subject.slice('$KV.answers.'.length), entry);
    }
  }

  /** In other words an unanswered question may well have an answer, so it stands for itself only. */
  function remember(key: string, { scope, question, goodUntil, answer }: CachedAnswer): void {
    if (answer.outcome === 'answered') before.add(groupOf(key, scope), key, question, goodUntil);
  }

  async function find(key: CacheKey): Promise<FromCache | undefined> {
    const exact = await get(key.key);
    if (exact) return hit('exact', exact);
    const idf = await termWeights();
    const other = before.find(groupOf(key.key, key.scope), key.question, similarity, idf);
    const near = other === undefined ? undefined : await get(other);
    return near && hit('near', near);
  }

  async function get(key: string): Promise<CachedAnswer | undefined> {
    const near = memory.get(key);
    if (near) return near;
    const far = await bucket.get(key);
    if (!far || far.goodUntil <= now()) return undefined;
    memory.set(key, far);
    return far;
  }

  const hit = (match: Match, { answer, madeAt }: CachedAnswer): FromCache => ({
    match,
    answer,
    ageMs: Math.max(0, now() - madeAt),
  });

  async function make(key: CacheKey, claimed: boolean, make: () => Promise<Made>) {
    let kept = false;
    try {
      const { answer, keep } = await make();
      const goodMs = keep ? (answer.outcome === 'answered' ? ttlMs : unansweredMs) : 0;
      if (goodMs > 0) {
        const { scope, question } = key;
        const madeAt = now();
        const entry = { question, scope, madeAt, goodUntil: madeAt + goodMs, answer };
        memory.set(key.key, entry);
        remember(key.key, entry);
        kept = true;
        await bucket.put(key.key, entry).catch(notStored);
      }
      return { match: 'miss', answer, ageMs: 0 } as const;
    } finally {
      if (claimed && !kept) await bucket.release(key.key).catch(notStored);
    }
  }

  const cache: AnswerCache = {
    async answer(question, makeAnswer, signal) {
      const alone = async (): Promise<FromCache> => {
        const { answer } = await makeAnswer();
        return { match: 'miss', answer, ageMs: 0 };
      };
      if (ttlMs === 0) return alone();
      const key = keyOf(question, await indexVersion(bus, question.brand), recipe());
      if (question.noCache) return make(key, false, makeAnswer);
      const found = await find(key);
      if (found) return found;
      using claim = await bucket.claim(key.key);
      if (claim) return make(key, true, makeAnswer);
      const shared = await bucket.wait(key.key, signal);
      return shared ? hit('exact', shared) : alone();
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      unlisten[Symbol.dispose]();
      await following;
    },
  };
  return cache;
}

function keyOf(asked: Question, version: number, recipe: string): CacheKey {
  const { brand, question, filters = {}, limit = 3, history = [] } = asked;
  const scope = hash([
    version,
    recipe,
    [filters.source ?? null, filters.urlPrefix ?? null, filters.since ?? null, limit],
    history.map(({ role, text }) => [role, text]),
  ]);
  const token = brand === undefined ? anyBrandToken : brandToken(brand);
  return { key: `${token}.${hash([scope, normalQuestion(question)])}`, scope, question };
}

/** The token of the brand stands first, so that a brand is dropped by it. */
const groupOf = (key: string, scope: string): string =>
  `${key.slice(0, key.indexOf('.'))}.${scope}`;

const hash = (of: unknown): string => createHash('sha256').update(JSON.stringify(of)).digest('hex');
