import type { Chunk } from '@slipstream/contracts';
import type { DocumentRef, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { metrics } from '@slipstream/telemetry';

/** Chunks whose vectors are stored together: what a crash in the middle of a long document repeats. */
const GROUP = 64;

export interface EmbedDocumentOptions {
  readonly signal: AbortSignal;
  readonly onGroup?: (done: number, total: number) => void;
}

/** Embeds the chunks of a document that have no vector of this embedder yet. @returns how many */
export async function embedDocument(
  store: KnowledgeStore,
  embedder: Embedder,
  { brand, docId }: DocumentRef,
  { signal, onGroup }: EmbedDocumentOptions,
): Promise<number> {
  const { id, dimensions } = embedder.info;
  const chunks = await store.missingVectors({ brand, docId }, { id, dimensions });
  for (let from = 0; from < chunks.length; from += GROUP) {
    const group = chunks.slice(from, from + GROUP);
    const { vectors } = await embedder.embed(group.map(passageOf), 'passage', { signal });
    const rows = group.flatMap((chunk, index) => {
      const vector = vectors[index];
      return vector ? [{ brand, id: chunk.id, vector }] : [];
    });
    const added = await store.addVectors({ id, dimensions }, rows);
    metrics.chunksEmbedded.add(added, { embedder: id });
    onGroup?.(from + group.length, chunks.length);
  }
  return chunks.length;
}

/** A chunk out of its document says too little: title and headings come before the text. */
const passageOf = ({ title, headingPath, text }: Chunk): string =>
  `${[title, ...headingPath].join(' > ')}\n${text}`;
