import type { Chunk } from '@slipstream/contracts';
import type { ChunkFilter, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { breakers, isOutage } from '@slipstream/resilience';
import {
  detectLanguage,
  fuseWeighted,
  type Hit,
  type Idf,
  rerankByFeatures,
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
  /** Milliseconds by stage. */
  readonly timings: Record<string, number>;
}

/** Candidates of each list before fusion, and of the fused list before rerank: research, section 2. */
const CANDIDATES = 60;
const RERANKED = 50;

/** Finds chunks for a question: by words and by meaning, fused by weight, reranked by features. */
export function createRetriever(store: KnowledgeStore, embedder: Embedder) {
  const termWeights = createTermWeights(store);
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
    const embedded =
      options.mode === 'keyword'
        ? undefined
        : timed('embed', () => embedQuery(question, signal)).catch((error: unknown) => {
            if (options.mode === 'vector' || signal.aborted || !isOutage(error)) throw error;
            degraded = `no vectors: ${(error as Error).message}`;
            return undefined;
          });
    const byMeaning = async (): Promise<Hit<Chunk>[]> => {
      const vector = await embedded;
      if (!vector) return [];
      return timed('vector', () =>
        fromStore(() => store.vectorSearch({ id, dimensions }, vector, CANDIDATES, filter)),
      );
    };
    /** The cosines of what only words found: without them fusion takes it for unlike the question. */
    const otherCosines = async (
      textHits: readonly Hit<Chunk>[],
      near: readonly Hit<Chunk>[],
    ): Promise<Hit<Chunk>[]> => {
      const vector = await embedded;
      const known = new Set(near.map(({ chunk }) => chunk.id));
      const others = textHits.map(({ chunk }) => chunk).filter((chunk) => !known.has(chunk.id));
      if (!vector || others.length === 0) return [];
      return timed('similarity', () =>
        fromStore(() => store.similarities({ id, dimensions }, vector, others)),
      );
    };
    const byWords = async (): Promise<Hit<Chunk>[]> =>
      options.mode === 'vector'
        ? []
        : timed('keyword', () => fromStore(() => store.textSearch(question, CANDIDATES, filter)));

    const weights = async (): Promise<Idf> => {
      const among = await fromStore(() => store.languages(filter));
      return termWeights(detectLanguage(question, among) ?? among[0] ?? 'en');
    };

    const [idf, textHits, near] = await Promise.all([weights(), byWords(), byMeaning()]);
    const similar = [...near, ...(await otherCosines(textHits, near))];
    const hits = await timed('rerank', async () =>
      rerankByFeatures(question, fuseWeighted(textHits, similar, { vectorWeight: fusionWeight }), {
        idf,
        depth: RERANKED,
      }),
    );
    const mode = degraded === undefined ? options.mode : 'keyword';
    return { hits, mode, idf, timings, ...(degraded !== undefined && { degraded }) };
  };

  async function embedQuery(question: string, signal: AbortSignal): Promise<Float32Array> {
    const { vectors } = await embedder.embed([question], 'query', { signal });
    const [vector] = vectors;
    if (!vector) throw new Error(`${id} gave no vector for the question`);
    return vector;
  }
}

export type Retrieve = ReturnType<typeof createRetriever>;
