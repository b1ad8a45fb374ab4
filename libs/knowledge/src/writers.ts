import { setTimeout as sleep } from 'node:timers/promises';
import { checkDimensions, checkDocuments, documentKey } from './check-documents.ts';
import { createGroupCommit } from './group-commit.ts';
import type {
  DocumentChunks,
  EmbedderRef,
  KnowledgeStore,
  VectorRow,
  WriteCounts,
} from './knowledge-store.ts';

/** Documents of one commit: 200 documents of 8 chunks are about 1 MB and 60 ms. */
const MAX_DOCUMENTS = 200;

const REST_MS = 300;

export interface DocumentWriter {
  /** As `writeDocuments` with one document. */
  write(document: DocumentChunks): Promise<WriteCounts>;
}

/** Writes of concurrent tasks become one commit. One writer per store and process is meant. */
export function createDocumentWriter(store: KnowledgeStore): DocumentWriter {
  const group = createGroupCommit<DocumentChunks, WriteCounts>({
    commit: (documents) => store.writeDocuments(documents),
    keyOf: documentKey,
    maxItems: MAX_DOCUMENTS,
  });
  return {
    async write(document) {
      // Checked alone, so that one bad document does not fail the commit of the others.
      checkDocuments([document]);
      return group.write(document);
    },
  };
}

export interface VectorWriter {
  /** As `addVectors`, but resolves without a count. */
  write(rows: readonly VectorRow[]): Promise<void>;
}

/**
 * The same for the vectors of one embedder. They come document by document, every 20 ms, and a commit
 * costs 14 ms of a core however few they are: so it rests in between, and a lone document does not wait.
 */
export function createVectorWriter(store: KnowledgeStore, embedder: EmbedderRef): VectorWriter {
  let writes = 0;
  const group = createGroupCommit<{ rows: readonly VectorRow[]; nth: number }, undefined>({
    commit: async (items) => {
      await store.addVectors(
        embedder,
        items.flatMap(({ rows }) => rows),
      );
      return items.map(() => undefined);
    },
    keyOf: ({ nth }) => String(nth),
    rest: () => sleep(REST_MS, undefined, { ref: false }),
    maxItems: MAX_DOCUMENTS,
  });
  return {
    async write(rows) {
      for (const { vector } of rows) checkDimensions(embedder, vector.length);
      await group.write({ rows, nth: writes++ });
    },
  };
}
