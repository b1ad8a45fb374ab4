import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedders } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import { type AnswerParts, createAnswerQuestion } from './answer-question.ts';
import { createEvaluate } from './evaluate.ts';
import { createSearchKnowledge } from './search-knowledge.ts';
import { createWriteNotes, type NotesParts } from './write-notes.ts';

export interface RagParts extends AnswerParts {
  readonly store: KnowledgeStore;
  readonly embedders: Pick<Embedders, 'active'>;
  readonly notes: Pick<NotesParts, 'cache' | 'maxChars'>;
}

/** One handler for every kind of the pool. */
export const createHandlers = (parts: RagParts): Handlers<'rag'> => ({
  'answer-question': createAnswerQuestion(parts),
  'search-knowledge': createSearchKnowledge(parts),
  evaluate: createEvaluate(parts.store, parts.embedders),
  'write-notes': createWriteNotes({ bus: parts.bus, models: parts.models, ...parts.notes }),
});
