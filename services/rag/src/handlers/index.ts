import type { Handlers } from '@slipstream/worker';
import { type AnswerParts, createAnswerQuestion } from './answer-question.ts';
import { createEvaluate, type EvaluationParts } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

export interface RagParts extends AnswerParts, EvaluationParts {
  readonly notes: Pick<NotesParts, 'cache' | 'maxChars'>;
}

/** One handler for every kind of the pool. */
export const createHandlers = (parts: RagParts): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(parts),
  'search-knowledge': createSearchKnowledge(parts),
  evaluate: createEvaluate(parts),
  'write-notes': createWriteNotes({ bus: parts.bus, models: parts.models, ...parts.notes }),
});
