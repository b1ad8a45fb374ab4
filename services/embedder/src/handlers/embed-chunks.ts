import { bumpIndexVersion } from '@slipstream/jetstream';
import { type HandlerOf, recordUsage } from '@slipstream/worker';
import { embedDocument } from '../embed-document.ts';
import type { EmbedderParts } from './index.ts';

/** Embeds what has no vector yet, so running it again only does the rest. */
export const createEmbedChunks =
  ({ bus, logger, store, embedders }: EmbedderParts): HandlerOf<'embed-chunks'> =>
  async (document, { signal, progress }) => {
    const onGroup = (done: number, total: number) =>
      progress({ done, total, message: 'chunks embedded' });
    for (;;) {
      const { active } = embedders;
      const { chunks, promptTokens } = await embedDocument(store, active, document, {
        signal,
        onGroup,
      });
      // What is found by meaning has changed, now or in a run before that died here.
      await bumpIndexVersion(bus, document.brand);
      // A switch in the meantime may have looked for what is missing before this document came.
      if (embedders.active.info.id !== active.info.id) continue;
      const result = { embedded: chunks, embedder: active.info.id };
      if (promptTokens === undefined) return result;
      const model = active.info.id;
      const usage = { model, promptTokens, completionTokens: 0, estimated: false };
      recordUsage({ bus, logger }, document.brand, usage);
      return { ...result, usage };
    }
  };
