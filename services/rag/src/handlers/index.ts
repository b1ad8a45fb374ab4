import type { AnswerModels } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  models: AnswerModels,
  notes: Omit<NotesParts, 'models'>,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, models),
  'search-knowledge': createSearchKnowledge(retrieve),
  'write-notes': createWriteNotes({ ...notes, models }),
});
