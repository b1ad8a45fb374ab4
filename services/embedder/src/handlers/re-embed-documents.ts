import { RetryLaterError } from '@slipstream/contracts';
import type { Embedder } from '@slipstream/providers';
import { type HandlerOf, recordUsage } from '@slipstream/worker';
import { embedDocument } from '../embed-document.ts';
import type { EmbedderParts } from './index.ts';

export const createReEmbedDocuments =
  ({ bus, logger, store, embedders }: EmbedderParts): HandlerOf<'re-embed-documents'> =>
  async ({ embedder, documents }, { signal, progress }) => {
    checkWanted(embedders.wanted, embedder);
    let embedded = 0;
    for (const [nth, document] of documents.entries()) {
      signal.throwIfAborted();
      const { chunks, promptTokens } = await embedDocument(store, embedders.wanted, document, {
        signal,
      });
      embedded += chunks;
      if (promptTokens !== undefined) {
        const usage = { model: embedder, promptTokens, completionTokens: 0, estimated: false };
        recordUsage({ bus, logger }, document.brand, usage);
      }
      progress({ done: nth + 1, total: documents.length, message: 'documents embedded' });
    }
    return { embedded };
  };

/** The settings of this process may be older, or newer, than those of the one that made the task. */
export function checkWanted({ info }: Embedder, embedder: string): void {
  if (info.id === embedder) return;
  throw new RetryLaterError(
    `the task is for the embedder '${embedder}', the settings of this process name '${info.id}': give all embedder services the same settings, or start re-embed again`,
    { code: 'other-embedder' },
  );
}
