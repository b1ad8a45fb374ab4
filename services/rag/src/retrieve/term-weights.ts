import type { KnowledgeStore } from '@slipstream/knowledge';
import { countTerms, type Idf, idfFrom, type Language } from '@slipstream/retrieval';

const SAMPLE = 3_000;
const FRESH_MS = 30_000;
/** So many times as long as reading takes it is not read again: it costs at most 1 % of a core. */
const REST = 100;
/** Of so many brands and languages the weights are kept, those that were asked for last. */
const KEPT = 100;

/**
 * How rare each term of a language is in the knowledge of a brand, or in all of it, from a sample.
 * Read again in the background once it is older than 30 s, so a question never waits for it twice.
 */
export function createTermWeights(store: KnowledgeStore, now: () => number = Date.now) {
  const kept = new Map<string, () => Promise<Idf>>();
  return (language: Language, brand?: string): Promise<Idf> => {
    const key = JSON.stringify([language, brand]);
    const known = kept.get(key) ?? createWeights(store, language, brand, now);
    kept.delete(key);
    kept.set(key, known);
    const [oldest] = kept.keys();
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    return known();
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
