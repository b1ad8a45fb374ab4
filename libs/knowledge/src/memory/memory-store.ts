import type { Chunk } from '@slipstream/contracts';
import { createBm25Index, type Language, languages } from '@slipstream/retrieval';
import { checkDimensions, checkDocuments, documentKey } from '../check-documents.ts';
import { countUnembedded } from '../count-unembedded.ts';
import type { ChunkFilter, DocumentRef, KnowledgeStore } from '../knowledge-store.ts';
import { documentLanguage, queryTerms, searchText } from '../search-text.ts';
import { countVectors, summarize } from '../summarize.ts';

interface VectorTable {
  readonly dimensions: number;
  /** By chunk key. */
  readonly vectors: Map<string, Float32Array>;
}

/** A store that ends with its process: brute force over vectors, own BM25. For tests and trials. */
export function createMemoryStore(): KnowledgeStore {
  const chunks = new Map<string, Chunk>();
  const languageOf = new Map<string, Language>();
  const index = createBm25Index({ analyse: (text) => (text === '' ? [] : text.split(' ')) });
  const tables = new Map<string, VectorTable>();

  const all = (filter: ChunkFilter = {}): [string, Chunk][] =>
    [...chunks].filter(([, chunk]) => matches(chunk, filter));

  const remove = (keys: readonly string[]): number => {
    for (const key of keys) {
      chunks.delete(key);
      languageOf.delete(key);
      index.remove(key);
      for (const { vectors } of tables.values()) vectors.delete(key);
    }
    return keys.length;
  };

  const keysOf = ({ brand, docId }: DocumentRef): string[] =>
    all({ brand, docId }).map(([key]) => key);

  const store: KnowledgeStore = {
    async writeDocuments(documents) {
      checkDocuments(documents);
      return documents.map((document) => {
        const wanted = new Map(document.chunks.map((chunk) => [keyOf(chunk), chunk]));
        const stale = keysOf(document).filter((key) => !isSame(chunks.get(key), wanted.get(key)));
        const removed = remove(stale);
        const added = [...wanted].filter(([key]) => !chunks.has(key));
        const language = document.language ?? documentLanguage(document.chunks);
        for (const [key, chunk] of wanted) {
          if (!document.rebuild && languageOf.get(key) === language) continue;
          languageOf.set(key, language);
          index.set(key, searchText(chunk, language));
        }
        // What is unchanged may have another place in the document now.
        for (const [key, chunk] of wanted) chunks.set(key, chunk);
        return { added: added.length, unchanged: wanted.size - added.length, removed };
      });
    },
    async removeDocuments(documents) {
      return remove(documents.flatMap(keysOf));
    },
    async erase(of) {
      return remove(all(of).map(([key]) => key));
    },
    async missingVectors({ brand, docId }, embedder) {
      const have = tables.get(embedder.id)?.vectors;
      return all({ brand, docId })
        .filter(([key]) => !have?.has(key))
        .map(([, chunk]) => chunk)
        .sort((one, other) => one.ordinal - other.ordinal);
    },
    async unembedded({ id }, { brand } = {}) {
      const wanted = all(brand === undefined ? {} : { brand });
      const rows = wanted.map(([key, chunk]) => ({ ...chunk, key }));
      return countUnembedded(rows, tables.get(id)?.vectors ?? new Set());
    },
    async dropVectors(embedderId) {
      const vectors = tables.get(embedderId)?.vectors;
      const dropped = vectors?.size ?? 0;
      vectors?.clear();
      return dropped;
    },
    async addVectors(embedder, rows) {
      for (const { vector } of rows) checkDimensions(embedder, vector.length);
      const { id, dimensions } = embedder;
      const table = tables.get(id) ?? { dimensions, vectors: new Map() };
      checkDimensions(embedder, dimensions, table.dimensions);
      const before = table.vectors.size;
      for (const row of rows) {
        const key = keyOf(row);
        if (chunks.has(key) && !table.vectors.has(key)) table.vectors.set(key, row.vector);
      }
      if (table.vectors.size > 0) tables.set(id, table);
      return table.vectors.size - before;
    },
    async textSearch(query, k, filter = {}) {
      const accept = (key: string) => matches(chunkOf(key), filter);
      const wanted = queryTerms(query, await store.languages(filter)).join(' ');
      return index
        .search(wanted, k, accept)
        .map(({ id, score }) => ({ chunk: chunkOf(id), score }));
    },
    async vectorSearch(embedder, vector, k, filter = {}) {
      checkDimensions(embedder, vector.length);
      const table = tables.get(embedder.id);
      if (!table) return [];
      checkDimensions(embedder, vector.length, table.dimensions);
      return [...table.vectors]
        .map(([key, other]) => ({ chunk: chunkOf(key), score: cosine(vector, other) }))
        .filter(({ chunk }) => matches(chunk, filter))
        .sort((one, other) => other.score - one.score)
        .slice(0, k);
    },
    async similarities(embedder, vector, of) {
      checkDimensions(embedder, vector.length);
      const vectors = tables.get(embedder.id)?.vectors;
      return of.flatMap((chunk) => {
        const other = vectors?.get(keyOf(chunk));
        return other ? [{ chunk, score: cosine(vector, other) }] : [];
      });
    },
    async chunksOf(documents) {
      return documents
        .flatMap(({ brand, docId }) => all({ brand, docId }).map(([, chunk]) => chunk))
        .sort((one, other) => one.ordinal - other.ordinal);
    },
    async get(ids, filter = {}) {
      return ids.flatMap((id) =>
        all(filter)
          .map(([, chunk]) => chunk)
          .filter((chunk) => chunk.id === id),
      );
    },
    async languages({ brand } = {}) {
      const counts = new Map<Language, number>();
      for (const [key] of all(brand === undefined ? {} : { brand })) {
        const language = languageOf.get(key);
        if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
      }
      const count = (language: Language): number => counts.get(language) ?? 0;
      return languages
        .filter((language) => count(language) > 0)
        .sort((one, other) => count(other) - count(one));
    },
    async listDocuments(filter = {}) {
      return summarize(all(filter).map(([, chunk]) => chunk));
    },
    async listVectors(filter = {}) {
      const wanted = all(filter);
      return [...tables].flatMap(([id, { vectors }]) =>
        countVectors(
          id,
          wanted.filter(([key]) => vectors.has(key)).map(([, chunk]) => chunk),
        ),
      );
    },
    async sampleTexts(count, filter = {}) {
      const texts = all(filter).map(([, { text }]) => text);
      const step = Math.max(1, texts.length / Math.max(count, 1));
      const take = Math.min(count, texts.length);
      return Array.from({ length: take }, (_, nth) => texts[Math.floor(nth * step)] ?? '');
    },
    async stats() {
      const documents = new Set([...chunks.values()].map(documentKey)).size;
      const vectors = [...tables].map(([id, table]) => [id, table.vectors.size] as const);
      return {
        chunks: chunks.size,
        documents,
        vectors: Object.fromEntries(vectors),
        bytes: bytesOf(chunks.values(), tables.values()),
      };
    },
    async maintain() {
      const { chunks: count, vectors, bytes } = await store.stats();
      const sum = Object.values(vectors).reduce((total, one) => total + one, 0);
      return { chunks: count, vectors: sum, bytesBefore: bytes, bytesAfter: bytes };
    },
    async [Symbol.asyncDispose]() {
      remove([...chunks.keys()]);
      tables.clear();
    },
  };
  return store;

  function chunkOf(key: string): Chunk {
    const chunk = chunks.get(key);
    if (!chunk) throw new Error(`the index knows ${key}, the store does not`);
    return chunk;
  }
}

const keyOf = ({ brand, id }: Pick<Chunk, 'brand' | 'id'>): string => JSON.stringify([brand, id]);

const isSame = (one: Chunk | undefined, other: Chunk | undefined): boolean =>
  one !== undefined && other !== undefined && one.title === other.title && one.url === other.url;

function matches(chunk: Chunk, { brand, source, docId, urlPrefix, since }: ChunkFilter): boolean {
  return (
    (brand === undefined || chunk.brand === brand) &&
    (source === undefined || chunk.source === source) &&
    (docId === undefined || chunk.docId === docId) &&
    (since === undefined || chunk.fetchedAt >= new Date(since).toISOString()) &&
    (urlPrefix === undefined || chunk.url.startsWith(urlPrefix))
  );
}

function cosine(one: Float32Array, other: Float32Array): number {
  let dot = 0;
  let a = 0;
  let b = 0;
  for (const [index, x] of one.entries()) {
    const y = other[index] ?? 0;
    dot += x * y;
    a += x * x;
    b += y * y;
  }
  return a === 0 || b === 0 ? 0 : dot / Math.sqrt(a * b);
}

function bytesOf(chunks: Iterable<Chunk>, tables: Iterable<VectorTable>): number {
  let bytes = 0;
  for (const { text, title, url } of chunks) bytes += 2 * (text.length + title.length + url.length);
  for (const { vectors, dimensions } of tables) bytes += vectors.size * dimensions * 4;
  return bytes;
}
