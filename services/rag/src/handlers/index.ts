import type { AnswerModels } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createEvaluate, type EvaluationParts } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

export interface RagParts {
  /** Confidence from which a question is answered, 0 to 1. */
  readonly answerFrom: number;
  readonly notes: Omit<NotesParts, 'models'>;
  readonly evaluation: EvaluationParts;
}

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  models: AnswerModels,
  { answerFrom, notes, evaluation }: RagParts,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, models, answerFrom),
  'search-knowledge': createSearchKnowledge(retrieve, evaluation.store),
  evaluate: createEvaluate(evaluation),
  'write-notes': createWriteNotes({ ...notes, models }),
});
