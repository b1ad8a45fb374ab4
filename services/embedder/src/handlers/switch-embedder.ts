import type { HandlerOf } from '@slipstream/worker';
import { embedDocument } from '../embed-document.ts';
import type { EmbedderParts } from './index.ts';
import { checkWanted } from './re-embed-documents.ts';

/**
 * Embeds what documents have got since they were listed, until nothing is missing, and switches.
 * Once more afterwards: until then new documents were embedded with the old embedder.
 */
export const createSwitchEmbedder =
  ({ store, embedders }: EmbedderParts): HandlerOf<'switch-embedder'> =>
  async ({ embedder, brand }, { signal, log }) => {
    const { wanted } = embedders;
    checkWanted(wanted, embedder);
    const ref = { id: embedder, dimensions: wanted.info.dimensions };
    let embedded = await embedMissing();
    const missing = (await store.unembedded(ref)).reduce((sum, { chunks }) => sum + chunks, 0);
    const switched = missing === 0 && (await embedders.switchToWanted());
    if (switched) embedded += await embedMissing();
    const result = { embedder, switched, embedded, missing };
    log.info(result, switched ? 'searches use a new embedder' : 'the embedder stays');
    return result;

    async function embedMissing(): Promise<number> {
      let count = 0;
      for (;;) {
        const documents = await store.unembedded(ref, { brand });
        if (documents.length === 0) return count;
        for (const document of documents)
          count += (await embedDocument(store, wanted, document, { signal })).chunks;
      }
    }
  };
