import type { Chunk } from '@slipstream/contracts';
import type { ChunkFilter, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { breakers, isOutage } from '@slipstream/resilience';
import {
  ANSWER_CONFIDENCE,
  fuseWeighted,
  type Hit,
  type Idf,
  rerankByFeatures,
  rerankWeights,
  SHOW_CONFIDENCE,
} from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { createTermWeights } from './term-weights.ts';

export type SearchMode = 'hybrid' | 'vector' | 'keyword';

export interface Retrieval {
  readonly hits: readonly Hit<Chunk>[];
  /** What was really searched: without an embedder hybrid falls back to keyword. */
  readonly mode: SearchMode;
  /** Why `mode` is not the one asked for. */
  readonly degraded?: string;
  readonly idf: Idf;
  /** Tokens of the question, when the embedder's provider counts them. */
  readonly promptTokens?: number;
  /** Milliseconds by stage. */
  readonly timings: Record<string, number>;
}

/** Candidates of each list before fusion, and of the fused list before rerank: research, section 2. */
const CANDIDATES = 60;
const RERANKED = 50;

/** What the order of the hits depends on besides the knowledge: part of the key of cached answers. */
export const retrievalRecipe = ({ id, fusionWeight }: Embedder['info']): readonly unknown[] => [
  id,
  fusionWeight,
  CANDIDATES,
  RERANKED,
  rerankWeights,
  ANSWER_CONFIDENCE,
  SHOW_CONFIDENCE,
];

/** Finds chunks for a question: by words and by meaning, fused by weight, reranked by features. */
export function createRetriever(
  store: KnowledgeStore,
  embedder: Embedder,
  termWeights: () => Promise<Idf> = createTermWeights(store),
) {
  const storeBreaker = breakers.breakerFor('store', 'knowledge');
  const { id, dimensions, fusionWeight } = embedder.info;

  return async (
    question: string,
    options: { filter: ChunkFilter; mode: SearchMode; signal: AbortSignal },
  ): Promise<Retrieval> => {
    const { filter, signal } = options;
    const timings: Record<string, number> = {};
    const timed = async <T>(stage: string, run: () => Promise<T>): Promise<T> => {
      const from = performance.now();
      try {
        return await withSpan(stage, {}, run);
      } finally {
        timings[`${stage}Ms`] = Math.round((performance.now() - from) * 100) / 100;
      }
    };
    const fromStore = <T>(run: () => Promise<T>): Promise<T> => storeBreaker.run(run, { signal });

    let degraded: string | undefined;
    let promptTokens: number | undefined;
    const byMeaning = async (): Promise<Hit<Chunk>[]> => {
      if (options.mode === 'keyword') return [];
      const vector = await timed('embed', () => embedQuery(question, signal)).catch(
        (error: unknown) => {
          if (options.mode === 'vector' || signal.aborted || !isOutage(error)) throw error;
          degraded = `no vectors: ${(error as Error).message}`;
        },
      );
      if (!vector) return [];
      promptTokens = vector.promptTokens;
      return timed('vector', () =>
        fromStore(() => store.vectorSearch({ id, dimensions }, vector.of, CANDIDATES, filter)),
      );
    };
    const byWords = async (): Promise<Hit<Chunk>[]> =>
      options.mode === 'vector'
        ? []
        : timed('keyword', () => fromStore(() => store.textSearch(question, CANDIDATES, filter)));

    const [idf, textHits, vectorHits] = await Promise.all([termWeights(), byWords(), byMeaning()]);
    const hits = await timed('rerank', async () =>
      rerankByFeatures(
        question,
        fuseWeighted(textHits, vectorHits, { vectorWeight: fusionWeight }),
        { idf, depth: RERANKED },
      ),
    );
    const mode = degraded === undefined ? options.mode : 'keyword';
    return {
      hits,
      mode,
      idf,
      timings,
      ...(degraded !== undefined && { degraded }),
      ...(promptTokens !== undefined && { promptTokens }),
    };
  };

  async function embedQuery(question: string, signal: AbortSignal) {
    const { vectors, promptTokens } = await embedder.embed([question], 'query', { signal });
    const [of] = vectors;
    if (!of) throw new Error(`${id} gave no vector for the question`);
    return { of, promptTokens };
  }
}

export type Retrieve = ReturnType<typeof createRetriever>;
