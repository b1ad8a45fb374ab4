export interface RerankOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Reads a question together with each passage and says how well the two belong together. */
export interface Reranker extends AsyncDisposable {
  readonly id: string;
  /** Loads what the first call would otherwise load. */
  warm(): Promise<void>;
  /**
   * One score per passage, in their order: higher is better. A passage that the model left out has
   * none.
   */
  score(
    question: string,
    passages: readonly string[],
    options?: RerankOptions,
  ): Promise<(number | undefined)[]>;
}
