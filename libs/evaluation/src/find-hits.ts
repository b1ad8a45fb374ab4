import type { Chunk } from '@slipstream/contracts';
import type { ChunkFilter, KnowledgeStore } from '@slipstream/knowledge';
import type { Embedder } from '@slipstream/providers';
import { fuseForQuestion, type Hit, type Idf, rerankByFeatures } from '@slipstream/retrieval';
import { hit5, mean, ndcg10, type Ranking, reciprocalRank } from './metrics.ts';
import type { EvaluationQuestion } from './question.ts';

export type Hits = readonly Hit<Chunk>[];

/** What both searches found for a question: everything else is computed from it. */
export interface Found {
  readonly question: EvaluationQuestion;
  readonly keyword: Hits;
  readonly vector: Hits;
  /** Cosines of all that either search found. */
  readonly similar: Hits;
  /** How rare terms are in the knowledge that was asked. */
  readonly idf: Idf;
}

/** As the pool rag asks for them. */
const CANDIDATES = 60;
const RERANKED = 50;

export interface FindParts {
  readonly store: KnowledgeStore;
  readonly embedder: Embedder;
  readonly filter?: ChunkFilter;
  readonly signal?: AbortSignal | undefined;
}

/** Asks both searches. */
export async function findHits(
  question: EvaluationQuestion,
  { idf, ...parts }: FindParts & { readonly idf: Idf },
): Promise<Found> {
  const { store, embedder, signal } = parts;
  const { brand } = question;
  const filter = { ...parts.filter, ...(brand !== undefined && { brand }) };
  const { vectors } = await embedder.embed([question.question], 'query', { signal });
  const [query] = vectors;
  const [keyword, near] = await Promise.all([
    store.textSearch(question.question, CANDIDATES, filter),
    query ? store.vectorSearch(embedder.info, query, CANDIDATES, filter) : [],
  ]);
  const known = new Set(near.map(({ chunk }) => chunk.id));
  const others = keyword.map(({ chunk }) => chunk).filter(({ id }) => !known.has(id));
  const rest = query ? await store.similarities(embedder.info, query, others) : [];
  return { question, keyword, vector: near, similar: [...near, ...rest], idf };
}

/** The order in which the system shows them, with this weight of the vectors. */
export function rankedBy({ question, keyword, similar, idf }: Found, vectorWeight: number): Hits {
  const asked = question.question;
  const fused = fuseForQuestion(asked, keyword, similar, { vectorWeight, idf });
  return rerankByFeatures(asked, fused, { idf, depth: RERANKED });
}

/** Documents instead of chunks: the first chunk of each counts. */
export function rankingOf(hits: Hits, { relevant }: EvaluationQuestion): Ranking {
  const seen = new Set<string>();
  const grades: number[] = [];
  for (const { chunk } of hits) {
    const document = JSON.stringify([chunk.brand, chunk.docId]);
    if (seen.has(document)) continue;
    seen.add(document);
    grades.push(gradeOf(chunk, relevant));
  }
  return { grades, ideal: Object.values(relevant) };
}

/** A document is named by its URL, by the path of it, or by its docId. */
export function gradeOf({ url, docId }: Chunk, relevant: EvaluationQuestion['relevant']): number {
  return relevant[url] ?? relevant[docId] ?? relevant[pathOf(url)] ?? 0;
}

const pathOf = (url: string): string => (URL.canParse(url) ? new URL(url).pathname : url);

export interface RetrievalFigures {
  readonly ndcg10: number;
  readonly hit5: number;
  readonly mrr: number;
}

/** The means over questions. */
export function figuresOf(rankings: readonly Ranking[]): RetrievalFigures {
  return {
    ndcg10: mean(rankings.map(ndcg10)),
    hit5: mean(rankings.map(hit5)),
    mrr: mean(rankings.map(reciprocalRank)),
  };
}
