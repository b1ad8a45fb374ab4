import type { KnowledgeStore } from '@slipstream/knowledge';
import { countTerms, type Idf, idfFrom, type Language } from '@slipstream/retrieval';

const SAMPLE = 3_000;
const FRESH_MS = 30_000;

/**
 * How rare each term of a language is in the knowledge, from a sample of it. Read again in the background once
 * it is older than 30 s, so a question never waits for it twice.
 */
export function createTermWeights(store: KnowledgeStore, now: () => number = Date.now) {
  const byLanguage = new Map<Language, () => Promise<Idf>>();
  return (language: Language): Promise<Idf> => {
    const known = byLanguage.get(language) ?? createWeights(store, language, now);
    byLanguage.set(language, known);
    return known();
  };
}

function createWeights(store: KnowledgeStore, language: Language, now: () => number) {
  let weights: Promise<Idf> | undefined;
  let readAt = 0;

  const read = async (): Promise<Idf> =>
    idfFrom(countTerms(await store.sampleTexts(SAMPLE), language));

  return async (): Promise<Idf> => {
    if (now() - readAt > FRESH_MS) {
      readAt = now();
      const known = weights;
      const fresh = read();
      weights = known ? fresh.catch(() => known) : fresh;
      if (known) return known;
      fresh.catch(() => {
        weights = undefined;
        readAt = 0;
      });
    }
    return weights ?? read();
  };
}

export type TermWeights = ReturnType<typeof createTermWeights>;
