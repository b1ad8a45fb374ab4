export {
  type AnswerModel,
  type AnswerOptions,
  type AnswerPart,
  type AnswerPassage,
  type AnswerRequest,
  type AnswerUsage,
  NO_ANSWER,
} from './answer-model.ts';
export {
  type AnswerModelSettings,
  type AnswerProvider,
  answerModels,
  createAnswerModel,
} from './answer-models.ts';
export type {
  Embedder,
  EmbedderInfo,
  Embedding,
  EmbeddingKind,
  EmbedOptions,
} from './embedder.ts';
export {
  createEmbedder,
  type EmbedderProvider,
  type EmbedderSettings,
  embedders,
} from './embedders.ts';
export { promptId } from './openai-compatible/answer-prompt.ts';
export { answerModelFrom, answerSettings, embedderFrom, embedderSettings } from './settings.ts';
