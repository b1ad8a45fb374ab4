import type { HandlerOf } from '@slipstream/worker';
import { embedDocument } from '../embed-document.ts';
import type { EmbedderParts } from './index.ts';

/** Embeds what has no vector yet, so running it again only does the rest. */
export const createEmbedChunks =
  ({ store, embedders }: EmbedderParts): HandlerOf<'embed-chunks'> =>
  async (document, { signal, progress }) => {
    const onGroup = (done: number, total: number) =>
      progress({ done, total, message: 'chunks embedded' });
    for (;;) {
      const { active } = embedders;
      const embedded = await embedDocument(store, active, document, { signal, onGroup });
      // A switch in the meantime may have looked for what is missing before this document came.
      if (embedders.active.info.id === active.info.id)
        return { embedded, embedder: active.info.id };
    }
  };
