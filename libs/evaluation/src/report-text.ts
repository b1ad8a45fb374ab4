import type { EvaluationReport } from '@slipstream/contracts';
import type { Recommendation } from './recommend.ts';

const stageNames = {
  keyword: 'BM25 alone',
  vector: 'vectors alone',
  fused: 'fused',
  reranked: 'fused and reranked',
} as const;

/** The report for a terminal. */
export function reportText(report: EvaluationReport): string {
  const { retrieval, answers, refusals, recommendations, missed, refused } = report;
  return [
    `${report.questions} questions, ${report.judged} of them with known documents`,
    '',
    `${'retrieval'.padEnd(20)} nDCG@10   hit@5     MRR`,
    ...Object.entries(stageNames).map(([stage, name]) => {
      const { ndcg10, hit5, mrr } = retrieval[stage as keyof typeof stageNames];
      return `  ${name.padEnd(18)} ${[ndcg10, hit5, mrr].map(three).join('   ')}`;
    }),
    '',
    `answers: ${answers.questions} with an expected answer`,
    `  token F1 ${three(answers.tokenF1)}, of those answered ${three(answers.tokenF1Answered)}`,
    `  ${percent(answers.citesRight)} of the answers cite a right document first`,
    '',
    'refusals',
    `  ${percent(refusals.falseRefusals)} of what can be answered is refused`,
    ...(refusals.unanswerableRefused === undefined
      ? []
      : [`  ${percent(refusals.unanswerableRefused)} of what cannot be answered is refused`]),
    `  ${percent(refusals.farOffRefused)} of what is about another subject is refused, ` +
      `${percent(refusals.atFivePercent.farOffRefused)} at 5 % false refusals (confidence ${three(refusals.atFivePercent.answerFrom)})`,
    '',
    'settings',
    `  ${advice('weight of the vectors', recommendations.fusionWeight)}`,
    `  ${advice('confidence to answer from', recommendations.answerFrom)}`,
    ...idsOf('no right document among the first five', missed),
    ...idsOf('refused although answerable', refused),
    '',
  ].join('\n');
}

function advice(name: string, { now, best, gain, low, high, change }: Recommendation): string {
  if (best === now) return `${name}: ${now} is the best of those tried`;
  const found = `${best} instead of ${now}: ${signed(gain)} (95 %: ${signed(low)} to ${signed(high)})`;
  return `${name}: ${found}, ${change ? 'worth a change' : 'within the noise of these questions: keep it'}`;
}

const idsOf = (title: string, ids: readonly string[]): string[] =>
  ids.length === 0 ? [] : ['', `${title}: ${ids.join(' ')}`];

const three = (value: number): string => value.toFixed(3);
const signed = (value: number): string => (value < 0 ? '' : '+') + three(value);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
