import { answerLength } from './answer-length.ts';
import { bestWindow, type Window } from './best-window.ts';
import { confidenceOf, similarityOf } from './confidence.ts';
import type { Idf } from './idf.ts';
import type { Hit, Passage } from './passage.ts';
import { plainText } from './plain-text.ts';
import { asksQuantity } from './quantity.ts';
import { type Features, featuresOf } from './question.ts';
import { subjectEvidence } from './subject.ts';
import { terms } from './terms.ts';

/**
 * Confidence from which sentences are given as the answer: it is likelier that the question is about
 * what is documented here than not. On the sample manual 3.5 % of 85 answerable questions are below,
 * and 96 % of 54 about other subjects.
 */
export const ANSWER_CONFIDENCE = 0.5;

/** Confidence from which passages are shown without a claim. */
export const SHOW_CONFIDENCE = 0.25;

export interface Citation {
  readonly chunkId: string;
  /** Words of the passage, verbatim: a substring of its text. */
  readonly quote: string;
  /** Weight of the question (or of the sentence it proves) found in the quote's passage: 0 to 1. */
  readonly score: number;
}

/** An answer made of the sources' own sentences, or the reason why there is none. */
export type ExtractedAnswer =
  | {
      readonly outcome: 'answered';
      readonly answer: string;
      readonly confidence: number;
      readonly citations: readonly Citation[];
    }
  | {
      readonly outcome: 'low-confidence' | 'no-answer';
      readonly answer: null;
      readonly reason: string;
      readonly confidence: number;
      /** Passages that may help; empty for `no-answer`. */
      readonly citations: readonly Citation[];
    };

export interface ExtractOptions {
  readonly idf: Idf;
  /** How many of the best hits are read, and the most citations. Default: 3. */
  readonly passages?: number;
  /** Default: `ANSWER_CONFIDENCE`. */
  readonly answerFrom?: number;
  /** Default: `SHOW_CONFIDENCE`, but not more than `answerFrom`. */
  readonly showFrom?: number;
}

/**
 * The answer that the best hits give in their own words: the run of sentences, list items and table
 * rows that covers most of the question.
 *
 * @param hits best first, as `rerankByFeatures` returns them
 */
export function extractAnswer<P extends Passage>(
  question: string,
  hits: readonly Hit<P>[],
  options: ExtractOptions,
): ExtractedAnswer {
  const { idf, passages = 3, answerFrom = ANSWER_CONFIDENCE } = options;
  const { showFrom = Math.min(SHOW_CONFIDENCE, answerFrom) } = options;
  const wanted = terms(question, idf.language);
  const length = answerLength(question);
  const quantity = asksQuantity(question);
  if (wanted.length === 0) return refusal('The question has no words that can be searched for.', 0);
  const best = hits[0]?.score ?? 0;
  const similarity = similarityOf(hits);
  const subject = subjectEvidence(new Set(wanted), idf);
  const read = hits.slice(0, passages).map(({ chunk, score }): Read => {
    const features = featuresOf(wanted, chunk, idf);
    const trust = best > 0 ? (score / best) ** 2 : 1;
    const words = 0.5 * features.coverage + 0.5 * features.bestUnit;
    return { chunk, features, trust, confidence: confidenceOf({ words, similarity, subject }) };
  });
  const windows = read.flatMap((one) => {
    const window = bestWindow(new Set(wanted), one.features.units, { idf, length, quantity });
    return window ? [{ ...one, window, value: window.value * one.trust }] : [];
  });
  const [first] = windows.sort((one, other) => other.value - one.value);
  if (!first) return refusal('Nothing was found for this question.', 0);
  const confidence = first.confidence;
  if (confidence < showFrom)
    return refusal('No passage covers enough of the question.', confidence);
  const others = windows.filter((one) => one !== first);
  if (confidence < answerFrom) {
    const shown = [first, ...others.filter((one) => one.confidence >= showFrom)];
    return {
      outcome: 'low-confidence',
      answer: null,
      reason: 'The passages touch the question but may not answer it.',
      confidence,
      citations: shown.map(cite),
    };
  }
  return {
    outcome: 'answered',
    answer: plainText(first.window.units),
    confidence,
    citations: [first, ...others.filter((one) => one.confidence >= answerFrom)].map(cite),
  };
}

interface Read {
  readonly chunk: Passage;
  readonly features: Features;
  readonly trust: number;
  readonly confidence: number;
}

function refusal(reason: string, confidence: number): ExtractedAnswer {
  return { outcome: 'no-answer', answer: null, reason, confidence, citations: [] };
}

function cite({ chunk, window, confidence }: Read & { window: Window }): Citation {
  return { chunkId: chunk.id, quote: window.best.text, score: confidence };
}
