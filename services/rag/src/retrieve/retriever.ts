import type { Chunk } from '@slipstream/contracts';
import type { ChunkFilter, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder, Embedders } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import {
  detectLanguage,
  type Hit,
  type Idf,
  rerankWeights,
  SHOW_CONFIDENCE,
} from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { createRanking, type RankOptions } from './rank.ts';
import { createTermWeights, type TermWeights } from './term-weights.ts';

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
  /** Tokens of the question, when the embedder's provider counts them. */
  readonly promptTokens?: number;
  /** Milliseconds by stage. */
  readonly timings: Record<string, number>;
}

/** Candidates of each list before fusion: research, section 2. */
const CANDIDATES = 60;

export interface RetrieverOptions extends RankOptions {
  /** Weight of the vectors in the weighted fusion. Default: that of the embedder. */
  readonly fusionWeight?: number | undefined;
}

/** What the order of the hits depends on besides the knowledge: part of the key of cached answers. */
export const retrievalRecipe = (
  { id, fusionWeight }: Embedder['info'],
  { fusion, fusionWeight: weight = fusionWeight, reranker, depth }: RetrieverOptions,
): readonly unknown[] => [
  id,
  CANDIDATES,
  fusion,
  weight,
  rerankWeights,
  reranker ? [reranker.id, depth] : [],
  SHOW_CONFIDENCE,
];

/** Finds chunks for a question: by words and by meaning, fused, and ranked anew. */
export function createRetriever(
  store: KnowledgeStore,
  embedders: Pick<Embedders, 'active'>,
  options: RetrieverOptions,
  termWeights: TermWeights = createTermWeights(store),
) {
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
    const embedded =
      asked === 'keyword'
        ? undefined
        : timed('embed', () => embedQuery(embedder, question, signal)).catch((error: unknown) => {
            if (asked === 'vector' || signal.aborted) throw error;
            unembedded = `no vectors: ${(error as Error).message}`;
            return undefined;
          });
    const byMeaning = async (): Promise<Hit<Chunk>[]> => {
      const vector = await embedded;
      if (!vector) return [];
      return timed('vector', () =>
        fromStore(() => store.vectorSearch({ id, dimensions }, vector.of, CANDIDATES, filter)),
      );
    };
    /** Without their cosines fusion takes what only words found for unlike the question. */
    const cosinesOf = async (textHits: readonly Hit<Chunk>[]): Promise<Hit<Chunk>[]> => {
      const vector = await embedded;
      const chunks = textHits.map(({ chunk }) => chunk);
      if (!vector || chunks.length === 0) return [];
      return timed('similarity', () =>
        fromStore(() => store.similarities({ id, dimensions }, vector.of, chunks)),
      );
    };
    const byWords = async (): Promise<Hit<Chunk>[]> =>
      asked === 'vector'
        ? []
        : timed('keyword', () => fromStore(() => store.textSearch(question, CANDIDATES, filter)));

    const weights = async (): Promise<Idf> => {
      const among = await fromStore(() => store.languages(filter));
      return termWeights(detectLanguage(question, among) ?? among[0] ?? 'en', filter.brand);
    };

    const words = byWords();
    const [idf, textHits, vectorHits, cosines] = await Promise.all([
      weights(),
      words,
      byMeaning(),
      words.then(cosinesOf),
    ]);
    const near = new Set(vectorHits.map(({ chunk }) => chunk.id));
    const otherHits = cosines.filter(({ chunk }) => !near.has(chunk.id));
    const promptTokens = (await embedded)?.promptTokens;
    const vectorWeight = options.fusionWeight ?? embedder.info.fusionWeight;
    const found = { question, textHits, vectorHits, otherHits, vectorWeight, idf, signal };
    const { hits, degraded: unranked } = await timed('rerank', () => rank(found));
    const mode = unembedded === undefined ? asked : 'keyword';
    const degraded = [unembedded, unranked].filter((reason) => reason !== undefined).join('; ');
    return {
      hits,
      mode,
      idf,
      timings,
      ...(degraded !== '' && { degraded }),
      ...(promptTokens !== undefined && { promptTokens }),
      ...(mode !== 'keyword' && { embedder: id }),
    };
  };
}

async function embedQuery(embedder: Embedder, question: string, signal: AbortSignal) {
  const { vectors, promptTokens } = await embedder.embed([question], 'query', { signal });
  const [of] = vectors;
  if (!of) throw new Error(`${embedder.info.id} gave no vector for the question`);
  return { of, promptTokens };
}

export type Retrieve = ReturnType<typeof createRetriever>;
