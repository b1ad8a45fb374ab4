import type { Chunk } from '@slipstream/contracts';
import type { Hit, Language } from '@slipstream/retrieval';

/** A document of a brand. The same page may belong to several brands: to each its own copy. */
export interface DocumentRef {
  readonly brand: string;
  readonly docId: string;
}

/** A document as it is now, with all of its chunks. */
export interface DocumentChunks extends DocumentRef {
  readonly chunks: readonly Chunk[];
  /** In which its words are taken. Default: the one that they seem to be in. */
  readonly language?: Language | undefined;
  /** Chunks that are there already get their terms for keyword search anew, and keep their vectors. */
  readonly rebuild?: boolean | undefined;
}

/** Chunks of one document. A chunk whose page got another title or URL is removed and added. */
export interface WriteCounts {
  readonly added: number;
  readonly unchanged: number;
  readonly removed: number;
}

/** Which vectors: each embedder has a table of its own, so vectors of two models never mix. */
export interface EmbedderRef {
  readonly id: string;
  readonly dimensions: number;
}

export interface VectorRow {
  readonly brand: string;
  /** Id of the chunk. */
  readonly id: string;
  readonly vector: Float32Array;
}

/** What a search is limited to. All that is given must hold. */
export interface ChunkFilter {
  readonly brand?: string;
  readonly source?: string;
  readonly urlPrefix?: string;
  readonly docId?: string;
  /** RFC 3339: only chunks whose text came then or later; what is unchanged keeps its time. */
  readonly since?: string;
}

export interface DocumentSummary extends DocumentRef {
  readonly source: string;
  readonly url: string;
  readonly title: string;
  readonly chunks: number;
  /** It has pages: a PDF. */
  readonly paged: boolean;
  /** When the first and the last of its chunks were fetched, RFC 3339; what is unchanged keeps its time. */
  readonly oldest: string;
  readonly newest: string;
}

/** How many vectors of one embedder a document has. */
export interface VectorCount extends DocumentRef {
  readonly embedderId: string;
  readonly vectors: number;
}

/** What is erased: a brand, or of a brand one source, or one document. */
export type EraseScope = Required<Pick<ChunkFilter, 'brand'>> &
  Pick<ChunkFilter, 'source' | 'docId'>;

/** A document some of whose chunks have no vector of an embedder. */
export interface UnembeddedDocument extends DocumentRef {
  /** How many. */
  readonly chunks: number;
}

export interface StoreStats {
  readonly chunks: number;
  readonly documents: number;
  /** Vectors by embedder id. */
  readonly vectors: Readonly<Record<string, number>>;
  /** On disk, old versions included; for a store in memory an estimate. */
  readonly bytes: number;
}

export interface MaintenanceReport {
  readonly chunks: number;
  readonly vectors: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Chunks that can be found by words as soon as they are written, and by meaning once their vectors
 * are added. Several processes may read and write at once. An empty store answers with empty lists.
 */
export interface KnowledgeStore extends AsyncDisposable {
  /**
   * Makes each document's chunks what is given, all documents in one commit. Chunks that are there
   * already stay as they are, with their vectors, unless the document is in another language now; if
   * nothing changed nothing is written.
   *
   * @returns one entry per document, in order
   * @throws TerminalError if a chunk belongs to another document, or a document is given twice
   */
  writeDocuments(documents: readonly DocumentChunks[]): Promise<WriteCounts[]>;
  /** Takes documents out, with their vectors. @returns how many chunks that were */
  removeDocuments(documents: readonly DocumentRef[]): Promise<number>;
  /**
   * Takes a brand, or a part of it, out; texts and vectors leave the disk too. May be repeated after
   * a crash. @returns how many chunks
   */
  erase(of: EraseScope): Promise<number>;

  /** The document's chunks without a vector of this embedder, in reading order. */
  missingVectors(document: DocumentRef, embedder: EmbedderRef): Promise<Chunk[]>;
  /** The documents of which `missingVectors` would give something, sorted by brand and id. */
  unembedded(
    embedder: EmbedderRef,
    of?: { readonly brand?: string | undefined },
  ): Promise<UnembeddedDocument[]>;
  /** Takes out all vectors of an embedder; their bytes leave the disk. @returns how many */
  dropVectors(embedderId: string): Promise<number>;
  /**
   * Adds vectors to chunks. Vectors that are there already, and those of chunks that are gone, are
   * left out. @returns how many were added
   * @throws TerminalError if a vector has not the dimensions of the embedder or of its table
   */
  addVectors(embedder: EmbedderRef, rows: readonly VectorRow[]): Promise<number>;

  /** The `k` best chunks by BM25 over title, headings and text. The query has no syntax. Best first. */
  textSearch(query: string, k: number, filter?: ChunkFilter): Promise<Hit<Chunk>[]>;
  /** The `k` nearest chunks. The score is the cosine, -1 to 1. Best first. */
  vectorSearch(
    embedder: EmbedderRef,
    vector: Float32Array,
    k: number,
    filter?: ChunkFilter,
  ): Promise<Hit<Chunk>[]>;
  /** These chunks with the cosine as their score; those without a vector are left out. In any order. */
  similarities(
    embedder: EmbedderRef,
    vector: Float32Array,
    chunks: readonly Chunk[],
  ): Promise<Hit<Chunk>[]>;
  /** All chunks of these documents, in reading order within each. */
  chunksOf(documents: readonly DocumentRef[]): Promise<Chunk[]>;
  /** The chunks with these ids, in the order of the ids. An id of two brands gives two chunks. */
  get(ids: readonly string[], filter?: ChunkFilter): Promise<Chunk[]>;

  /** Of its documents, the one of most chunks first; those that came within the last 30 s may lack. */
  languages(filter?: Pick<ChunkFilter, 'brand'>): Promise<Language[]>;
  /** Sorted by URL. */
  listDocuments(filter?: ChunkFilter): Promise<DocumentSummary[]>;
  /** One entry for each document and embedder that has vectors of it. */
  listVectors(filter?: ChunkFilter): Promise<VectorCount[]>;
  /** Texts of at most `count` chunks, spread evenly over what is there: enough for term statistics. */
  sampleTexts(count: number, filter?: Pick<ChunkFilter, 'brand'>): Promise<string[]>;
  stats(): Promise<StoreStats>;
  /** Compacts, brings the indexes up to date, drops old versions and vectors without a chunk. */
  maintain(): Promise<MaintenanceReport>;
}
