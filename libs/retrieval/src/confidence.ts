import type { Hit } from './passage.ts';

/** What is known about a passage and its question when it is decided whether it answers. */
export interface Evidence {
  /** Half the coverage of the question by the passage, half that by its best unit: 0 to 1. */
  readonly words: number;
  /** `similarityOf` all hits; undefined where none has a cosine. */
  readonly similarity: number | undefined;
  /** `subjectEvidence` of the question. */
  readonly subject: number;
}

/**
 * Logistic regression on the sample manual, the bicycle manual of the evaluation package and
 * Cranfield, questions about other subjects against those that can be answered, each set with the
 * same weight: docs/decisions/0027-what-a-question-is-about.md has the method, and what
 * the weights are worth on a set that they were not made from.
 */
export const confidenceWeights = {
  words: 5,
  similarity: 2.5,
  subject: 0.22,
  constant: -3.5,
} as const;

/** Stands for the cosines that are not known: between those of far questions and of near ones. */
const USUAL_SIMILARITY = 0.35;

/** How sure it is that a passage answers, 0 to 1. */
export function confidenceOf({ words, similarity, subject }: Evidence): number {
  const sum =
    confidenceWeights.constant +
    confidenceWeights.words * words +
    confidenceWeights.similarity * (similarity ?? USUAL_SIMILARITY) +
    confidenceWeights.subject * subject;
  return 1 / (1 + Math.exp(-sum));
}

/** Cosines that are read: one alone may be an accident. */
const NEAREST = 5;

/** More counts as this: some embedders have 0.8 for what has nothing in common. */
const MOST_SIMILARITY = 0.6;

/** How near the nearest hits are to the question: the mean of their cosines, at most 0.6. */
export function similarityOf(hits: readonly Hit[]): number | undefined {
  const cosines = hits.flatMap(({ similarity }) => (similarity === undefined ? [] : [similarity]));
  const nearest = cosines.sort((one, other) => other - one).slice(0, NEAREST);
  if (nearest.length === 0) return undefined;
  const mean = nearest.reduce((sum, cosine) => sum + cosine, 0) / nearest.length;
  return Math.min(mean, MOST_SIMILARITY);
}
