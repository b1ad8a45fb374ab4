import { ANSWER_CONFIDENCE } from '@slipstream/retrieval';
import { bootstrapGain, type Gain } from './bootstrap.ts';
import { type Found, rankedBy, rankingOf } from './find-hits.ts';
import type { Judged } from './judge-answers.ts';
import { mean, ndcg10 } from './metrics.ts';

/** A setting as it is, the best of those that were tried, and whether that is more than noise. */
export interface Recommendation extends Gain {
  readonly now: number;
  readonly best: number;
  /** The whole interval of the gain is above 0: worth a change. */
  readonly change: boolean;
}

const WEIGHTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];

/** The weight of the vectors with the best nDCG@10 after rerank. */
export function recommendFusionWeight(
  found: readonly Found[],
  now: number,
  random: () => number,
): Recommendation {
  const scoresWith = (weight: number): number[] =>
    found.map((one) => ndcg10(rankingOf(rankedBy(one, weight), one.question)));
  return bestOf(WEIGHTS, now, scoresWith, random);
}

const THRESHOLDS = Array.from({ length: 17 }, (_, nth) => (nth + 2) / 20);

/**
 * The confidence from which to answer that decides most questions rightly: those that can be
 * answered and those that cannot weigh the same together, however many there are of each.
 */
export function recommendAnswerFrom(
  judged: readonly Judged[],
  farOff: readonly Judged[],
  random: () => number,
): Recommendation {
  const all = [
    ...judged.map(({ question, confidence }) => ({ can: question.answerable, confidence })),
    ...farOff.map(({ confidence }) => ({ can: false, confidence })),
  ];
  const can = all.filter((one) => one.can).length;
  const weightOf = (is: boolean): number =>
    all.length / (2 * Math.max(is ? can : all.length - can, 1));
  const scoresWith = (threshold: number): number[] =>
    all.map((one) => (one.can === one.confidence >= threshold ? weightOf(one.can) : 0));
  return bestOf(THRESHOLDS, ANSWER_CONFIDENCE, scoresWith, random);
}

function bestOf(
  values: readonly number[],
  now: number,
  scoresWith: (value: number) => number[],
  random: () => number,
): Recommendation {
  const scoresNow = scoresWith(now);
  let best = { value: now, scores: scoresNow, mean: mean(scoresNow) };
  for (const value of values) {
    const scores = scoresWith(value);
    const score = mean(scores);
    if (score > best.mean) best = { value, scores, mean: score };
  }
  const gain = bootstrapGain(scoresNow, best.scores, random);
  return { now, best: best.value, ...gain, change: gain.low > 0 };
}
