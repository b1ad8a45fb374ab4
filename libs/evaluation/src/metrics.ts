import { splitWords } from '@slipstream/retrieval';

/** What the ranking metrics need of one question: the grade of each document, best rank first. */
export interface Ranking {
  /** Grades of the documents found, in their order; 0 for one that is not relevant. */
  readonly grades: readonly number[];
  /** Grades of all relevant documents, found or not. */
  readonly ideal: readonly number[];
}

/** Normalised discounted cumulative gain of the first ten, 0 to 1; the gain is the grade. */
export function ndcg10({ grades, ideal }: Ranking): number {
  const best = gainOf([...ideal].sort((one, other) => other - one));
  return best === 0 ? 0 : gainOf(grades) / best;
}

const gainOf = (grades: readonly number[]): number =>
  grades.slice(0, 10).reduce((sum, grade, rank) => sum + grade / Math.log2(rank + 2), 0);

/** 1 if one of the first five is relevant. */
export const hit5 = ({ grades }: Ranking): number =>
  grades.slice(0, 5).some((grade) => grade > 0) ? 1 : 0;

/** One divided by the rank of the first relevant document; 0 if none was found. */
export function reciprocalRank({ grades }: Ranking): number {
  const rank = grades.findIndex((grade) => grade > 0);
  return rank === -1 ? 0 : 1 / (rank + 1);
}

/**
 * Token F1 between an answer and what was expected, 0 to 1: words and numbers in lower case, each
 * as often as it occurs (as SQuAD counts, with its articles left out). Of several expected answers
 * the nearest counts.
 */
export function tokenF1(answer: string, expected: readonly string[]): number {
  return Math.max(0, ...expected.map((one) => f1(tokensOf(answer), tokensOf(one))));
}

const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'the']);

const tokensOf = (text: string): string[] => splitWords(text).filter((word) => !ARTICLES.has(word));

function f1(found: readonly string[], wanted: readonly string[]): number {
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let common = 0;
  for (const token of found) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    common += 1;
    left.set(token, count - 1);
  }
  if (common === 0) return 0;
  const precision = common / found.length;
  const recall = common / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}

/** The mean; 0 of nothing. */
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
