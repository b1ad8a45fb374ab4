import type { Handlers } from '@slipstream/worker';
import { type AnswerParts, createAnswerQuestion } from './answer-question.ts';
import { createSearchKnowledge } from './search-knowledge.ts';

/** One handler for every kind of the pool. */
export const createHandlers = (parts: AnswerParts): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(parts),
  'search-knowledge': createSearchKnowledge(parts),
});
