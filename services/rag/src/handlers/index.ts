import type { KnowledgeStore } from '@slipstream/knowledge';
import type { AnswerModel, Embedder } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createEvaluate } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

export interface RagParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  /** Confidence from which a question is answered, 0 to 1. */
  readonly answerFrom: number;
  readonly notes: Omit<NotesParts, 'model'>;
}

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  model: AnswerModel | undefined,
  { store, embedder, answerFrom, notes }: RagParts,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, model, answerFrom),
  'search-knowledge': createSearchKnowledge(retrieve, store),
  evaluate: createEvaluate(store, embedder),
  'write-notes': createWriteNotes({ ...notes, model }),
});
