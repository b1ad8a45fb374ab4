import { RetryLaterError } from '@slipstream/contracts';
import type { Embedder } from '@slipstream/providers';
import type { HandlerOf } from '@slipstream/worker';
import { embedDocument } from '../embed-document.ts';
import type { EmbedderParts } from './index.ts';

export const createReEmbedDocuments =
  ({ store, embedders }: EmbedderParts): HandlerOf<'re-embed-documents'> =>
  async ({ embedder, documents }, { signal, progress }) => {
    checkWanted(embedders.wanted, embedder);
    let embedded = 0;
    for (const [nth, document] of documents.entries()) {
      signal.throwIfAborted();
      embedded += await embedDocument(store, embedders.wanted, document, { signal });
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
