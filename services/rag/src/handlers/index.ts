import type { KnowledgeStore } from '@slipstream/knowledge';
import type { AnswerModel, Embedder } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createEvaluate } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  model: AnswerModel | undefined,
  { store, embedder }: { readonly store: KnowledgeStore; readonly embedder: Embedder },
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, model),
  'search-knowledge': createSearchKnowledge(retrieve, store),
  evaluate: createEvaluate(store, embedder),
});
