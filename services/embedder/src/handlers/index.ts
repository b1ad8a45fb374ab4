import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import type { Handlers } from '@slipstream/worker';
import { createEmbedChunks } from './embed-chunks.ts';
import { createEmbedTexts } from './embed-texts.ts';

export interface EmbedderParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
}

/** One handler for every kind of the pool. */
export const createHandlers = (parts: EmbedderParts): Handlers<'embedding'> => ({
  'embed-chunks': createEmbedChunks(parts),
  'embed-texts': createEmbedTexts(parts),
});
