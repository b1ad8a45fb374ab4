import { setImmediate as turn } from 'node:timers/promises';
import type { EvaluationReport } from '@slipstream/contracts';
import {
  countTerms,
  fuseForQuestion,
  type Idf,
  idfFrom,
  withSharesOf,
} from '@slipstream/retrieval';
import { seededRandom } from './bootstrap.ts';
import { farOffQuestions } from './far-off-questions.ts';
import { type FindParts, figuresOf, findHits, rankedBy, rankingOf } from './find-hits.ts';
import { answerFigures, type Judged, judge, refusalFigures } from './judge-answers.ts';
import type { EvaluationQuestion } from './question.ts';
import { recommendAnswerFrom, recommendFusionWeight } from './recommend.ts';

export interface EvaluateOptions extends FindParts {
  /** Questions about other subjects, which must be refused. Default: `farOffQuestions`. */
  readonly farOff?: readonly EvaluationQuestion[];
  /** Weight of the vectors as it is set. Default: the embedder's own. */
  readonly fusionWeight?: number;
  /** Dice of the bootstrap. Default: always the same. */
  readonly random?: () => number;
  readonly onProgress?: (done: number, total: number) => void;
}

const MOST_IDS = 50;
const SAMPLE = 3_000;

/**
 * Asks every question as the pool rag would, and judges what comes back: each stage of retrieval,
 * the extractive answers, the refusals; and which settings would do better on these questions.
 */
export async function evaluate(
  questions: readonly EvaluationQuestion[],
  options: EvaluateOptions,
): Promise<EvaluationReport> {
  const { embedder, farOff = farOffQuestions, signal, onProgress } = options;
  const { random = seededRandom(1) } = options;
  const { fusionWeight = embedder.info.fusionWeight } = options;
  const idfOf = createIdfs(options);
  const total = questions.length + farOff.length;
  let done = 0;
  const ask = async (question: EvaluationQuestion) => {
    signal?.throwIfAborted();
    const idf = await idfOf(question.brand);
    const found = await findHits(question, { ...options, idf });
    const ranked = rankedBy(found, fusionWeight);
    const judged = judge(found, ranked);
    // Others who share this thread get their turn.
    await turn();
    onProgress?.(++done, total);
    return { found, ranked, judged };
  };

  const asked: Awaited<ReturnType<typeof ask>>[] = [];
  for (const question of questions) asked.push(await ask(question));
  const far: Judged[] = [];
  for (const question of farOff) far.push((await ask(question)).judged);

  const judged = asked.map((one) => one.judged);
  const withDocuments = asked.filter(
    ({ found: { question } }) => question.answerable && Object.keys(question.relevant).length > 0,
  );
  const figures = (hitsOf: (one: (typeof asked)[number]) => typeof one.ranked) =>
    figuresOf(withDocuments.map((one) => rankingOf(hitsOf(one), one.found.question)));
  const found = withDocuments.map((one) => one.found);
  return {
    questions: questions.length,
    judged: found.length,
    retrieval: {
      keyword: figures((one) => one.found.keyword),
      vector: figures((one) => one.found.vector),
      fused: figures(({ found: { question, keyword, similar, idf } }) =>
        fuseForQuestion(question.question, keyword, similar, { vectorWeight: fusionWeight, idf }),
      ),
      reranked: figures((one) => one.ranked),
    },
    answers: answerFigures(judged),
    refusals: refusalFigures(judged, far),
    recommendations: {
      fusionWeight: await recommendFusionWeight(found, fusionWeight, random),
      answerFrom: recommendAnswerFrom(judged, far, random),
    },
    missed: withDocuments
      .filter(
        ({ ranked, found: { question } }) => figuresOf([rankingOf(ranked, question)]).hit5 === 0,
      )
      .map(({ found: { question } }) => question.id)
      .slice(0, MOST_IDS),
    refused: judged
      .filter(({ question, outcome }) => question.answerable && outcome !== 'answered')
      .map(({ question }) => question.id)
      .slice(0, MOST_IDS),
  };
}

/** How rare terms are in all knowledge, and their shares in that of a brand; read once. */
function createIdfs({ store, filter }: EvaluateOptions): (brand?: string) => Promise<Idf> {
  const known = new Map<string | undefined, Promise<Idf>>();
  const weightsOf = async (brand?: string): Promise<Idf> => {
    const of = brand === undefined ? {} : { brand };
    const [language] = await store.languages(of);
    const whole = idfFrom(countTerms(await store.sampleTexts(SAMPLE), language));
    if (brand === undefined) return whole;
    return withSharesOf(idfFrom(countTerms(await store.sampleTexts(SAMPLE, of), language)), whole);
  };
  return (brand = filter?.brand) => {
    const idf = known.get(brand) ?? weightsOf(brand);
    known.set(brand, idf);
    return idf;
  };
}
