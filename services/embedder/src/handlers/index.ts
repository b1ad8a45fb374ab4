import { tasks } from '@slipstream/contracts';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedders } from '@slipstream/providers';
import { batched, type Handlers, type PoolParts } from '@slipstream/worker';
import { createEmbedChunks } from './embed-chunks.ts';
import { createEmbedTexts } from './embed-texts.ts';
import { createReEmbed } from './re-embed.ts';
import { createReEmbedDocuments } from './re-embed-documents.ts';
import { createSwitchEmbedder } from './switch-embedder.ts';

export interface EmbedderParts extends Pick<PoolParts, 'bus' | 'logger'> {
  readonly store: KnowledgeStore;
  readonly embedders: Embedders;
}

/** One handler for every kind of the pool. */
export const createHandlers = (parts: EmbedderParts, slots: number): Handlers<'embedding'> => ({
  'embed-chunks': createEmbedChunks(parts),
  'embed-texts': batched(tasks['embed-texts'], createEmbedTexts(parts), slots),
  're-embed': createReEmbed(parts),
  're-embed-documents': createReEmbedDocuments(parts),
  'switch-embedder': createSwitchEmbedder(parts),
});
