import type { KnowledgeStore } from '@slipstream/knowledge';
import type { AnswerModels, Embedders } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createEvaluate } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

export interface RagParts {
  readonly store: KnowledgeStore;
  readonly embedders: Pick<Embedders, 'active'>;
  /** Confidence from which a question is answered, 0 to 1. */
  readonly answerFrom: number;
  readonly notes: Omit<NotesParts, 'models'>;
}

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  models: AnswerModels,
  { store, embedders, answerFrom, notes }: RagParts,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, models, answerFrom),
  'search-knowledge': createSearchKnowledge(retrieve, store),
  evaluate: createEvaluate(store, embedders),
  'write-notes': createWriteNotes({ ...notes, models }),
});
