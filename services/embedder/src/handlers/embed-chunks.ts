import { passageText } from '@slipstream/knowledge';
import type { HandlerOf } from '@slipstream/worker';
import type { EmbedderParts } from './index.ts';

/** Chunks whose vectors are stored together: what a crash in the middle of a long document repeats. */
const GROUP = 64;

/** Embeds what has no vector yet, so running it again only does the rest. */
export const createEmbedChunks =
  ({ store, embedder }: EmbedderParts): HandlerOf<'embed-chunks'> =>
  async ({ brand, docId }, { signal, progress }) => {
    const { id, dimensions } = embedder.info;
    const chunks = await store.missingVectors({ brand, docId }, { id, dimensions });
    for (let from = 0; from < chunks.length; from += GROUP) {
      const group = chunks.slice(from, from + GROUP);
      const { vectors } = await embedder.embed(group.map(passageText), 'passage', { signal });
      const rows = group.flatMap((chunk, index) => {
        const vector = vectors[index];
        return vector ? [{ brand, id: chunk.id, vector }] : [];
      });
      await store.addVectors({ id, dimensions }, rows);
      progress({ done: from + group.length, total: chunks.length, message: 'chunks embedded' });
    }
    return { embedded: chunks.length, embedder: id };
  };
