import {
  type Idf,
  normalQuestion,
  QuestionIndex,
  questionShape,
  questionSimilarity,
  SAME_QUESTION,
} from '@slipstream/retrieval';
import type { EvaluationQuestion } from './question.ts';

/** How the cache would have served the questions, with one similarity to ask for. */
export interface CacheFigures {
  /** From which similarity on another question's answer is given, 0 to 1; 2: never. */
  readonly similarity: number;
  /** Questions that were asked before, but for case, spaces and the mark at their end. */
  readonly exact: number;
  /** Those that got the answer of a near one. */
  readonly near: number;
  /** Hits that gave the answer of another question. */
  readonly wrong: number;
  /** With 95 % confidence not more of all hits than this are wrong, 0 to 1. */
  readonly wrongAtMost: number;
}

interface WrongHit {
  readonly question: string;
  /** Whose answer it got. */
  readonly gave: string;
  readonly similarity: number;
}

export interface CacheReport {
  readonly questions: number;
  /** As it is set. */
  readonly now: CacheFigures;
  /** Most hits with at most 0.5 % wrong ones. */
  readonly best: CacheFigures;
  readonly all: readonly CacheFigures[];
  /** What is wrong as it is set. */
  readonly wrong: readonly WrongHit[];
}

/** A wrong answer is worse than a slow one: of a thousand hits five may be wrong. */
const MOST_WRONG = 0.005;
const NEVER = 2;
const SIMILARITIES = [...Array.from({ length: 11 }, (_, nth) => (nth + 10) / 20), NEVER];

export interface CacheOptions {
  /** How rare terms are in the knowledge that is asked. */
  readonly idf: Idf;
  /** As it is set. Default: that of the system. */
  readonly similarity?: number;
}

/**
 * Asks the questions in their order, as the answer cache of the pool rag is asked, with one
 * similarity after the other. A hit is right when both questions are the `same`. That answers run
 * out, or end with a change of the knowledge, is left out.
 */
export function evaluateCache(
  questions: readonly EvaluationQuestion[],
  { idf, similarity = SAME_QUESTION }: CacheOptions,
): CacheReport {
  const replayed = new Map(
    [...new Set([...SIMILARITIES, similarity])]
      .sort((one, other) => one - other)
      .map((least) => [least, replay(questions, least, idf)]),
  );
  const all = [...replayed.values()].map(({ figures }) => figures);
  const hits = ({ exact, near }: CacheFigures): number => exact + near;
  const allowed = all.filter((one) => one.wrong <= MOST_WRONG * hits(one));
  const now = replayed.get(similarity) ?? replay(questions, similarity, idf);
  const never = all.at(-1) ?? now.figures;
  // Of equal ones the one that is set, then the stricter.
  const most = allowed.reduce((found, one) => (hits(one) >= hits(found) ? one : found), never);
  const isEqual = allowed.includes(now.figures) && hits(now.figures) === hits(most);
  const best = isEqual ? now.figures : most;
  return { questions: questions.length, now: now.figures, best, all, wrong: now.wrong };
}

function replay(questions: readonly EvaluationQuestion[], least: number, idf: Idf) {
  const index = new QuestionIndex(() => 0);
  const answered = new Map<string, EvaluationQuestion>();
  const wrong: WrongHit[] = [];
  let [exact, near] = [0, 0];
  for (const asked of questions) {
    const group = asked.brand ?? '';
    const key = JSON.stringify([group, normalQuestion(asked.question)]);
    const same = answered.get(key);
    const found = same ? key : index.find(group, asked.question, least, idf);
    const hit = found === undefined ? undefined : answered.get(found);
    if (!hit) {
      answered.set(key, asked);
      index.add(group, key, asked.question, 1);
      continue;
    }
    if (same) exact += 1;
    else near += 1;
    if (meaningOf(hit) !== meaningOf(asked)) wrong.push(wrongHit(asked.question, hit.question));
  }
  const wrongAtMost = upperBound(wrong.length, exact + near);
  const figures = { similarity: least, exact, near, wrong: wrong.length, wrongAtMost };
  return { figures, wrong };

  function wrongHit(question: string, gave: string): WrongHit {
    const shapes = [questionShape(question), questionShape(gave)] as const;
    return { question, gave, similarity: questionSimilarity(...shapes, idf) };
  }
}

/** Questions that say nothing of it are the same when the same answer is expected. */
const meaningOf = ({ same, answers: [answer], id }: EvaluationQuestion): string =>
  same ?? answer ?? JSON.stringify([id]);

/** One-sided, 95 % (Wilson's score interval). */
function upperBound(wrong: number, of: number): number {
  if (of === 0) return 1;
  const z = 1.645;
  const share = wrong / of;
  const spread = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  return (share + z ** 2 / (2 * of) + spread) / (1 + z ** 2 / of);
}
