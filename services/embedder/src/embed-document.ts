import {
  createVectorWriter,
  type DocumentRef,
  type KnowledgeStore,
  passageText,
  type VectorWriter,
} from '@slipstream/knowledge';
import type { Embedder, EmbedderInfo } from '@slipstream/providers';
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
  const writer = writerOf(store, embedder.info);
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
    await writer.write(rows);
    metrics.chunksEmbedded.add(rows.length, { embedder: id });
    onGroup?.(from + group.length, chunks.length);
  }
  return { chunks: chunks.length, ...(promptTokens !== undefined && { promptTokens }) };
}

const writers = new WeakMap<KnowledgeStore, Map<string, VectorWriter>>();

/** One for all tasks of the process, so that vectors of several documents share a commit. */
function writerOf(store: KnowledgeStore, { id, dimensions }: EmbedderInfo): VectorWriter {
  const ofStore = writers.get(store) ?? new Map<string, VectorWriter>();
  writers.set(store, ofStore);
  const key = `${id} ${dimensions}`;
  const writer = ofStore.get(key) ?? createVectorWriter(store, { id, dimensions });
  ofStore.set(key, writer);
  return writer;
}
