export {
  type AnswerModel,
  type AnswerOptions,
  type AnswerPart,
  type AnswerPassage,
  type AnswerRequest,
  type AnswerUsage,
  NO_ANSWER,
  type WriteRequest,
  type Written,
} from './answer-model.ts';
export {
  type AnswerModelSettings,
  type AnswerProvider,
  answerModels,
  createAnswerModel,
} from './answer-models.ts';
export { type AnswerModels, answerModelsFrom, answerSettings } from './answer-settings.ts';
export type {
  Embedder,
  EmbedderInfo,
  Embedding,
  EmbeddingKind,
  EmbedOptions,
} from './embedder.ts';
export { embedderFrom, embedderSettings, embeddersFrom } from './embedder-settings.ts';
export {
  createEmbedder,
  type EmbedderProvider,
  type EmbedderSettings,
  embedders,
} from './embedders.ts';
export { promptId } from './openai-compatible/answer-prompt.ts';
export type { Reranker, RerankOptions } from './reranker.ts';
export { rerankerFrom, rerankerSettings } from './reranker-settings.ts';
export {
  changeEmbedderRecord,
  type EmbedderRecord,
  type EmbedderSpec,
  readEmbedderRecord,
} from './switch/embedder-record.ts';
export { type Embedders, type EmbeddersOptions, openEmbedders } from './switch/open-embedders.ts';
