import { idfFrom } from './idf.ts';
import { terms } from './terms.ts';

/** Measured best on product manuals: k1 1.0, b 0.6 (Lucene's 1.2 and 0.75 are within 0.005). */
export interface Bm25Options {
  readonly k1?: number;
  readonly b?: number;
  /** How a text becomes terms. Default: `terms`, English. */
  readonly analyse?: (text: string) => string[];
}

/** A keyword index in memory. For tests, evaluation and small corpora: every search is a full pass over postings. */
export interface Bm25Index {
  /** Adds a text, or replaces the one with this id. */
  set(id: string, text: string): void;
  remove(id: string): void;
  /** The `k` best texts that share a term with the query and are accepted, best first. */
  search(
    query: string,
    k: number,
    accept?: (id: string) => boolean,
  ): { readonly id: string; readonly score: number }[];
  readonly size: number;
}

export function createBm25Index({
  k1 = 1,
  b = 0.6,
  analyse = (text) => terms(text),
}: Bm25Options = {}): Bm25Index {
  const lengths = new Map<string, number>();
  const postings = new Map<string, Map<string, number>>();
  const termsOf = new Map<string, ReadonlySet<string>>();
  let totalLength = 0;

  const remove = (id: string): void => {
    totalLength -= lengths.get(id) ?? 0;
    lengths.delete(id);
    for (const term of termsOf.get(id) ?? []) {
      const posting = postings.get(term);
      posting?.delete(id);
      if (posting?.size === 0) postings.delete(term);
    }
    termsOf.delete(id);
  };

  return {
    remove,
    get size() {
      return lengths.size;
    },
    set(id, text) {
      remove(id);
      const found = analyse(text);
      lengths.set(id, found.length);
      termsOf.set(id, new Set(found));
      totalLength += found.length;
      for (const term of found) {
        const posting = postings.get(term) ?? new Map<string, number>();
        posting.set(id, (posting.get(id) ?? 0) + 1);
        postings.set(term, posting);
      }
    },
    search(query, k, accept = () => true) {
      const scores = new Map<string, number>();
      const meanLength = totalLength / Math.max(lengths.size, 1);
      for (const term of new Set(analyse(query))) {
        const posting = postings.get(term);
        if (!posting) continue;
        const idf = idfFrom({
          texts: lengths.size,
          frequencies: new Map([[term, posting.size]]),
        })(term);
        for (const [id, count] of posting) {
          const length = (lengths.get(id) ?? 0) / Math.max(meanLength, 1);
          const saturated = (count * (k1 + 1)) / (count + k1 * (1 - b + b * length));
          scores.set(id, (scores.get(id) ?? 0) + idf * saturated);
        }
      }
      return [...scores]
        .filter(([id]) => accept(id))
        .map(([id, score]) => ({ id, score }))
        .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
        .slice(0, k);
    },
  };
}
