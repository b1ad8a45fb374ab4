import type { Chunk } from '@slipstream/contracts';
import type { ChunkFilter, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder, Embedders } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import type { Hit, Idf } from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { createRanking, type RankOptions } from './rank.ts';
import { createTermWeights } from './term-weights.ts';

export type SearchMode = 'hybrid' | 'vector' | 'keyword';

export interface Retrieval {
  readonly hits: readonly Hit<Chunk>[];
  /** What was really searched: without an embedder hybrid falls back to keyword. */
  readonly mode: SearchMode;
  /** What could not be asked, and why: an embedder that is away, a reranker. */
  readonly degraded?: string;
  /** Whose vectors were searched. */
  readonly embedder?: string;
  readonly idf: Idf;
  /** Milliseconds by stage. */
  readonly timings: Record<string, number>;
}

/** Candidates of each list before fusion: research, section 2. */
const CANDIDATES = 60;

export interface RetrieverOptions extends RankOptions {
  /** Weight of the vectors in the weighted fusion. Default: that of the embedder. */
  readonly fusionWeight?: number | undefined;
}

/** Finds chunks for a question: by words and by meaning, fused, and ranked anew. */
export function createRetriever(
  store: KnowledgeStore,
  embedders: Pick<Embedders, 'active'>,
  options: RetrieverOptions,
) {
  const termWeights = createTermWeights(store);
  const storeBreaker = breakers.breakerFor('store', 'knowledge');
  const rank = createRanking(options);

  return async (
    question: string,
    { filter, mode: asked, signal }: { filter: ChunkFilter; mode: SearchMode; signal: AbortSignal },
  ): Promise<Retrieval> => {
    // Taken once: a switch in the middle of a question must not mix two spaces.
    const embedder = embedders.active;
    const { id, dimensions } = embedder.info;
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

    let unembedded: string | undefined;
    const byMeaning = async (): Promise<Hit<Chunk>[]> => {
      if (asked === 'keyword') return [];
      const vector = await timed('embed', () => embedQuery(embedder, question, signal)).catch(
        (error: unknown) => {
          if (asked === 'vector' || signal.aborted) throw error;
          unembedded = `no vectors: ${(error as Error).message}`;
        },
      );
      if (!vector) return [];
      return timed('vector', () =>
        fromStore(() => store.vectorSearch({ id, dimensions }, vector, CANDIDATES, filter)),
      );
    };
    const byWords = async (): Promise<Hit<Chunk>[]> =>
      asked === 'vector'
        ? []
        : timed('keyword', () => fromStore(() => store.textSearch(question, CANDIDATES, filter)));

    const [idf, textHits, vectorHits] = await Promise.all([termWeights(), byWords(), byMeaning()]);
    const vectorWeight = options.fusionWeight ?? embedder.info.fusionWeight;
    const found = { question, textHits, vectorHits, vectorWeight, idf, signal };
    const { hits, degraded: unranked } = await timed('rerank', () => rank(found));
    const mode = unembedded === undefined ? asked : 'keyword';
    const degraded = [unembedded, unranked].filter((reason) => reason !== undefined).join('; ');
    return {
      hits,
      mode,
      idf,
      timings,
      ...(degraded !== '' && { degraded }),
      ...(mode !== 'keyword' && { embedder: id }),
    };
  };
}

async function embedQuery(
  embedder: Embedder,
  question: string,
  signal: AbortSignal,
): Promise<Float32Array> {
  const { vectors } = await embedder.embed([question], 'query', { signal });
  const [vector] = vectors;
  if (!vector) throw new Error(`${embedder.info.id} gave no vector for the question`);
  return vector;
}

export type Retrieve = ReturnType<typeof createRetriever>;
