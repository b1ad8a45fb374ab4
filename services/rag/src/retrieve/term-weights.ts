import type { KnowledgeStore } from '@slipstream/knowledge';
import { countTerms, type Idf, idfFrom, type Language, withSharesOf } from '@slipstream/retrieval';

const SAMPLE = 3_000;
const FRESH_MS = 30_000;
/** So many times as long as reading takes it is not read again: it costs at most 1 % of a core. */
const REST = 100;
/** Of so many brands and languages the weights are kept, those that were asked for last. */
const KEPT = 100;

/**
 * How rare each term of a language is in the whole knowledge, and which share it has in that of a
 * brand, from samples. Weights of a brand alone would make little of what its few pages all have: then
 * a statement counts as held by a source that has only its subject. Read again in the background once
 * they are older than 30 s, so a question never waits for them twice.
 */
export function createTermWeights(store: KnowledgeStore, now: () => number = Date.now) {
  const kept = new Map<string, () => Promise<Idf>>();
  const weightsOf = (language: Language, brand?: string): Promise<Idf> => {
    const key = JSON.stringify([language, brand]);
    const known = kept.get(key) ?? createWeights(store, language, brand, now);
    kept.delete(key);
    kept.set(key, known);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return known();
  };
  return async (language: Language, brand?: string): Promise<Idf> => {
    if (brand === undefined) return weightsOf(language);
    const [whole, part] = await Promise.all([weightsOf(language), weightsOf(language, brand)]);
    return withSharesOf(part, whole);
  };
}

function createWeights(
  store: KnowledgeStore,
  language: Language,
  brand: string | undefined,
  now: () => number,
) {
  let weights: Promise<Idf> | undefined;
  let freshUntil = 0;

  const read = async (): Promise<Idf> => {
    const from = now();
    const texts = await store.sampleTexts(SAMPLE, brand === undefined ? {} : { brand });
    const idf = idfFrom(countTerms(texts, language));
    freshUntil = Math.max(freshUntil, now() + REST * (now() - from));
    return idf;
  };

  return async (): Promise<Idf> => {
    if (now() > freshUntil) {
      freshUntil = now() + FRESH_MS;
      const known = weights;
      const fresh = read();
      weights = known ? fresh.catch(() => known) : fresh;
      if (known) return known;
      fresh.catch(() => {
        weights = undefined;
        freshUntil = 0;
      });
    }
    return weights ?? read();
  };
}

export type TermWeights = ReturnType<typeof createTermWeights>;
