import { type DocumentRef, type KnowledgeStore, passageText } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { metrics } from '@slipstream/telemetry';

/** Chunks whose vectors are stored together: what a crash in the middle of a long document repeats. */
const GROUP = 64;

export interface EmbedDocumentOptions {
  readonly signal: AbortSignal;
  readonly onGroup?: (done: number, total: number) => void;
}

export interface Embedded {
  readonly chunks: number;
  /** When the embedder's provider counts them. */
  readonly promptTokens?: number;
}

/** Embeds the chunks of a document that have no vector of this embedder yet. */
export async function embedDocument(
  store: KnowledgeStore,
  embedder: Embedder,
  { brand, docId }: DocumentRef,
  { signal, onGroup }: EmbedDocumentOptions,
): Promise<Embedded> {
  const { id, dimensions } = embedder.info;
  const chunks = await store.missingVectors({ brand, docId }, { id, dimensions });
  let promptTokens: number | undefined;
  for (let from = 0; from < chunks.length; from += GROUP) {
    const group = chunks.slice(from, from + GROUP);
    const embedded = await embedder.embed(group.map(passageText), 'passage', { signal });
    if (embedded.promptTokens !== undefined) {
      promptTokens = (promptTokens ?? 0) + embedded.promptTokens;
    }
    const rows = group.flatMap((chunk, index) => {
      const vector = embedded.vectors[index];
      return vector ? [{ brand, id: chunk.id, vector }] : [];
    });
    const added = await store.addVectors({ id, dimensions }, rows);
    metrics.chunksEmbedded.add(added, { embedder: id });
    onGroup?.(from + group.length, chunks.length);
  }
  return { chunks: chunks.length, ...(promptTokens !== undefined && { promptTokens }) };
}
