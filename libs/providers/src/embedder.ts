export interface EmbedderInfo {
  /** Stored with each vector: vectors of two ids are never compared. */
  readonly id: string;
  readonly dimensions: number;
  /** Tokens that are read of a text; what comes after them does not reach the vector. */
  readonly maxTokens: number;
  /** Every vector has length 1, so that a dot product is the cosine. */
  readonly normalized: boolean;
  /** 0 to 1: weight of the cosine beside BM25 in the weighted fusion. */
  readonly fusionWeight: number;
  /**
   * Cosine above which two questions count as the same; null: never use it for the answer cache.
   */
  readonly cacheThreshold: number | null;
}

export interface Embedding {
  /** One for each text, in the order of the texts. */
  readonly vectors: Float32Array[];
  /** Tokens that the provider charged for, when it says so. */
  readonly promptTokens?: number;
}

/** A query is embedded before passages that wait; some models also embed the two differently. */
export type EmbeddingKind = 'query' | 'passage';

export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Turns texts into vectors. Disposing it ends its threads and rejects what still waits. */
export interface Embedder extends AsyncDisposable {
  readonly info: EmbedderInfo;
  /** Loads what the first call would otherwise load. A remote embedder has nothing to load. */
  warm(): Promise<void>;
  embed(texts: readonly string[], kind: EmbeddingKind, options?: EmbedOptions): Promise<Embedding>;
}
