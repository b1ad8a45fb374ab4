import type { KnowledgeStore } from '@slipstream/knowledge';
import type { AnswerModel, Embedder } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createEvaluate } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';

export interface RagParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  /** Confidence from which a question is answered, 0 to 1. */
  readonly answerFrom: number;
}

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  model: AnswerModel | undefined,
  { store, embedder, answerFrom }: RagParts,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, model, answerFrom),
  'search-knowledge': createSearchKnowledge(retrieve, store),
  evaluate: createEvaluate(store, embedder),
});
