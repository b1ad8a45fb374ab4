export { bootstrapGain, type Gain, seededRandom } from './bootstrap.ts';
export {
  type EvaluateOptions,
  type EvaluationReport,
  evaluate,
  type RetrievalStage,
  retrievalStages,
} from './evaluate.ts';
export { evaluateCorpus } from './evaluate-corpus.ts';
export { farOffQuestions } from './far-off-questions.ts';
export { EVALUATION_BRAND, indexCorpus } from './index-corpus.ts';
export { ndcg10, tokenF1 } from './metrics.ts';
export { type EvaluationQuestion, EvaluationSetError, parseQuestions } from './question.ts';
export { type CorpusDocument, readCorpus, readQuestionSet } from './read-set.ts';
export type { Recommendation } from './recommend.ts';
export { reportText } from './report-text.ts';
