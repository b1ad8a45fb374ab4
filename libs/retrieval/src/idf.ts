import type { Language } from './languages/language.ts';
import { terms } from './terms.ts';

/** Weight of a stemmed term: the rarer, the heavier. Above 0. */
export interface Idf {
  (term: string): number;
  /** How texts become the terms that are weighed: whoever uses the weights analyses alike. */
  readonly language: Language;
  /** The part that a term has of all terms, each counted once a text: 0 to 1, 0 if there is none. */
  share(term: string): number;
}

/** In how many of how many texts a term occurs. */
export interface TermStatistics {
  /** Default: `en`. */
  readonly language?: Language;
  readonly texts: number;
  readonly frequencies: ReadonlyMap<string, number>;
}

/**
 * The idf of BM25: `ln(1 + (N - n + 0.5) / (n + 0.5))` (Robertson and Zaragoza, "The Probabilistic
 * Relevance Framework", 2009, with Lucene's `1 +`, which keeps it above 0).
 */
export function idfFrom({ texts, frequencies, language = 'en' }: TermStatistics): Idf {
  const weight = (term: string): number => {
    const n = Math.min(frequencies.get(term) ?? 0, texts);
    return Math.log(1 + (texts - n + 0.5) / (n + 0.5));
  };
  let all = 0;
  for (const n of frequencies.values()) all += n;
  const share = (term: string): number => (all === 0 ? 0 : (frequencies.get(term) ?? 0) / all);
  return Object.assign(weight, { language, share });
}

/** The weights of the whole knowledge with the shares that terms have in a part of it. */
export function withSharesOf(part: Idf, whole: Idf): Idf {
  const { language } = whole;
  return Object.assign((term: string) => whole(term), { language, share: part.share });
}

/** Counts terms over texts: a whole corpus, a sample of it, or only the hits of a question. */
export function countTerms(texts: Iterable<string>, language: Language = 'en'): TermStatistics {
  const frequencies = new Map<string, number>();
  let count = 0;
  for (const text of texts) {
    count += 1;
    for (const term of new Set(terms(text, language)))
      frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
  }
  return { language, texts: count, frequencies };
}

/** The part of the question's weight that is found in `found`: 0 to 1. Without terms: 0. */
export function coverage(question: Iterable<string>, found: ReadonlySet<string>, idf: Idf): number {
  let all = 0;
  let covered = 0;
  for (const term of question) {
    const weight = idf(term);
    all += weight;
    if (found.has(term)) covered += weight;
  }
  return all === 0 ? 0 : covered / all;
}
