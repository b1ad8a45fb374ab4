export { type Bm25Index, type Bm25Options, createBm25Index } from './bm25.ts';
export { confidenceWeights, similarityOf } from './confidence.ts';
export {
  ANSWER_CONFIDENCE,
  type Citation,
  type ExtractedAnswer,
  type ExtractOptions,
  extractAnswer,
  SHOW_CONFIDENCE,
} from './extract-answer.ts';
export { leansOnHistory, standaloneQuestion } from './follow-up.ts';
export {
  DEFAULT_VECTOR_WEIGHT,
  fuseForQuestion,
  fuseRrf,
  type RrfFusion,
  type WeightedFusion,
} from './fuse.ts';
export { groupQuestions } from './group-questions.ts';
export {
  countTerms,
  coverage,
  type Idf,
  idfFrom,
  type TermStatistics,
  withSharesOf,
} from './idf.ts';
export { type CleanText, isInstruction, withoutInstructions } from './instructions.ts';
export { detectLanguage, type Language, languages } from './languages/language.ts';
export { splitWords } from './languages/split-words.ts';
export { lastSentenceStart } from './last-sentence.ts';
export { digestOf } from './notes/digest.ts';
export { extractNotes } from './notes/extract-notes.ts';
export type { DocumentNotes, Note, NotedDocument, NotedPage, NotesSection } from './notes/notes.ts';
export { type VerifiedNotes, verifyNotes } from './notes/verify-notes.ts';
export type { Hit, Passage } from './passage.ts';
export { QuestionIndex } from './question-index.ts';
export {
  normalQuestion,
  type QuestionShape,
  questionShape,
  questionSimilarity,
  SAME_QUESTION,
} from './question-match.ts';
export { type RerankOptions, rerankByFeatures, rerankWeights } from './rerank.ts';
export { subjectEvidence } from './subject.ts';
export { terms } from './terms.ts';
export {
  CITATION_COVERAGE,
  type RemovedCitation,
  type VerifiedAnswer,
  type VerifyOptions,
  verifyCitations,
} from './verify-citations.ts';
