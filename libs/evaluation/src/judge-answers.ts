import { type ExtractedAnswer, extractAnswer } from '@slipstream/retrieval';
import type { Found, Hits } from './find-hits.ts';
import { gradeOf } from './find-hits.ts';
import { mean, tokenF1 } from './metrics.ts';
import type { EvaluationQuestion } from './question.ts';

/** One question with what the extractive answer made of it. */
export interface Judged {
  readonly question: EvaluationQuestion;
  readonly outcome: ExtractedAnswer['outcome'];
  readonly confidence: number;
  /** Token F1 of the answer, 0 if there is none; undefined if no answer is known to compare with. */
  readonly f1?: number;
  /** Whether the first citation lies in a relevant document; undefined if there is none to judge. */
  readonly citesRight?: boolean;
}

export function judge({ question, idf }: Pick<Found, 'question' | 'idf'>, hits: Hits): Judged {
  const { answer, outcome, confidence, citations } = extractAnswer(question.question, hits, {
    idf,
  });
  const cited = hits.find(({ chunk }) => chunk.id === citations[0]?.chunkId)?.chunk;
  const isJudged = Object.keys(question.relevant).length > 0;
  return {
    question,
    outcome,
    confidence,
    ...(question.answers.length > 0 && {
      f1: answer === null ? 0 : tokenF1(answer, question.answers),
    }),
    ...(answer !== null &&
      cited &&
      isJudged && { citesRight: gradeOf(cited, question.relevant) > 0 }),
  };
}

export interface AnswerFigures {
  /** Questions with an expected answer. */
  readonly questions: number;
  /** Token F1 over all of these; one that is not answered counts 0. */
  readonly tokenF1: number;
  /** Token F1 over those that are answered. */
  readonly tokenF1Answered: number;
  /** Answers whose first citation lies in a relevant document, 0 to 1. */
  readonly citesRight: number;
}

export function answerFigures(judged: readonly Judged[]): AnswerFigures {
  const scored = judged.filter(({ question }) => question.answerable).filter(hasF1);
  const answered = scored.filter(({ outcome }) => outcome === 'answered');
  const cited = judged.filter(({ citesRight }) => citesRight !== undefined);
  return {
    questions: scored.length,
    tokenF1: mean(scored.map(({ f1 }) => f1)),
    tokenF1Answered: mean(answered.map(({ f1 }) => f1)),
    citesRight: mean(cited.map(({ citesRight }) => (citesRight ? 1 : 0))),
  };
}

const hasF1 = (one: Judged): one is Judged & { f1: number } => one.f1 !== undefined;

export interface RefusalFigures {
  /** Share of answerable questions that got no answer. */
  readonly falseRefusals: number;
  /** Share of the set's own unanswerable questions that got none; undefined if it has none. */
  readonly unanswerableRefused?: number;
  /** Share of the questions about other subjects that got none. */
  readonly farOffRefused: number;
  /** With a threshold that refuses one answerable question in twenty. */
  readonly atFivePercent: { readonly answerFrom: number; readonly farOffRefused: number };
}

export function refusalFigures(
  judged: readonly Judged[],
  farOff: readonly Judged[],
): RefusalFigures {
  const answerable = judged.filter(({ question }) => question.answerable);
  const unanswerable = judged.filter(({ question }) => !question.answerable);
  const answerFrom = fifthPercentile(answerable.map(({ confidence }) => confidence));
  return {
    falseRefusals: refusedOf(answerable),
    ...(unanswerable.length > 0 && { unanswerableRefused: refusedOf(unanswerable) }),
    farOffRefused: refusedOf(farOff),
    atFivePercent: {
      answerFrom,
      farOffRefused: mean(farOff.map(({ confidence }) => (confidence < answerFrom ? 1 : 0))),
    },
  };
}

const refusedOf = (judged: readonly Judged[]): number =>
  mean(judged.map(({ outcome }) => (outcome === 'answered' ? 0 : 1)));

/** At most one in twenty lies below it. */
function fifthPercentile(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.05)] ?? 0;
}
