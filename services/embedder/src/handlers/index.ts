import { tasks } from '@slipstream/contracts';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { batched, type Handlers, type PoolParts } from '@slipstream/worker';
import { createEmbedChunks } from './embed-chunks.ts';
import { createEmbedTexts } from './embed-texts.ts';

export interface EmbedderParts extends Pick<PoolParts, 'bus' | 'logger'> {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
}

/** One handler for every kind of the pool. */
export const createHandlers = (parts: EmbedderParts, slots: number): Handlers<'embedding'> => ({
  'embed-chunks': createEmbedChunks(parts),
  'embed-texts': batched(tasks['embed-texts'], createEmbedTexts(parts), slots),
});
