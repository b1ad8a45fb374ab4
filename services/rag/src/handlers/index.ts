import type { AnswerModel } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import type { Retrieve } from '../retrieve/retriever.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

/** One handler for every kind of the pool. */
export const createHandlers = (
  retrieve: Retrieve,
  model: AnswerModel | undefined,
  notes: Omit<NotesParts, 'model'>,
): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(retrieve, model),
  'search-knowledge': createSearchKnowledge(retrieve),
  'write-notes': createWriteNotes({ ...notes, model }),
});
