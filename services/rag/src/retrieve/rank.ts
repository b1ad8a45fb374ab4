import type { Chunk } from '@slipstream/contracts';
import type { Reranker } from '@slipstream/providers';
import {
  fuseForQuestion,
  fuseRrf,
  type Hit,
  type Idf,
  rerankByFeatures,
} from '@slipstream/retrieval';

export interface RankOptions {
  /** `weighted`: scores, by the weight of the embedder; `rrf`: reciprocal ranks. */
  readonly fusion: 'weighted' | 'rrf';
  /** Reads question and passage together; without it features of the text decide. */
  readonly reranker?: Reranker | undefined;
  /** How many hits the reranker reads. */
  readonly depth: number;
}

interface Found {
  readonly question: string;
  readonly textHits: readonly Hit<Chunk>[];
  readonly vectorHits: readonly Hit<Chunk>[];
  /** The cosines of what only words found. */
  readonly otherHits: readonly Hit<Chunk>[];
  readonly vectorWeight: number;
  readonly idf: Idf;
  readonly signal: AbortSignal;
}

/** Of the fused list: research on feature reranking, section 2. */
const RERANKED = 50;

/**
 * Two lists as one, the best first. The order by features is made in any case: it is what is left
 * when the reranker is away, and the reranker reads its head.
 */
export function createRanking({ fusion, reranker, depth }: RankOptions) {
  return async (found: Found): Promise<{ hits: Hit<Chunk>[]; degraded?: string }> => {
    const { question, textHits, vectorHits, otherHits, vectorWeight, idf, signal } = found;
    const fused =
      fusion === 'rrf'
        ? fuseRrf([textHits, vectorHits])
        : fuseForQuestion(question, textHits, [...vectorHits, ...otherHits], { vectorWeight, idf });
    const hits = rerankByFeatures(question, fused, { idf, depth: RERANKED });
    if (!reranker) return { hits };
    try {
      const head = hits.slice(0, depth);
      const scores = await reranker.score(question, head.map(textOf), { signal });
      return { hits: [...byScores(head, scores), ...hits.slice(depth)] };
    } catch (error) {
      if (signal.aborted) throw error;
      return { hits, degraded: `reranker: ${(error as Error).message}` };
    }
  };
}

/** Best first. What has no score keeps its order behind those that have one. */
function byScores(
  hits: readonly Hit<Chunk>[],
  scores: readonly (number | undefined)[],
): Hit<Chunk>[] {
  const known = scores.filter((score) => score !== undefined);
  if (known.length === 0) return [...hits];
  const least = Math.min(...known);
  const scored = hits.flatMap((hit, nth) => {
    const score = scores[nth];
    return score === undefined ? [] : [{ ...hit, score }];
  });
  const rest = hits.filter((_, nth) => scores[nth] === undefined);
  return [
    ...scored.toSorted((one, other) => other.score - one.score),
    ...rest.map((hit) => ({ ...hit, score: least })),
  ];
}

const textOf = ({ chunk: { title, headingPath, text } }: Hit<Chunk>): string =>
  `${[title, ...headingPath].join(' > ')}\n${text}`;
