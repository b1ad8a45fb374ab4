import type { Chunk, PayloadOf, ResultOf, Tasks } from '@slipstream/contracts';
import type { ChunkFilter } from '@slipstream/knowledge';
import type { Citation, Hit } from '@slipstream/retrieval';

export type Answer = ResultOf<Tasks['answer-question']>;
export type Question = PayloadOf<Tasks['answer-question']>;

/** Citations as the API shows them. One whose chunk is unknown is left out. */
export function citationsOf(
  citations: readonly Citation[],
  hits: readonly Hit<Chunk>[],
): Answer['citations'] {
  const chunks = new Map(hits.map(({ chunk }) => [chunk.id, chunk]));
  return citations.flatMap(({ chunkId, quote, score }) => {
    const chunk = chunks.get(chunkId);
    if (!chunk) return [];
    const rounded = Math.round(score * 1_000) / 1_000;
    return [{ ...sourceOf(chunk), quote, score: rounded }];
  });
}

/** Where a chunk stands. */
export const sourceOf = ({ url, title, headingPath, page }: Chunk) => ({
  url,
  title,
  ...(headingPath.length > 0 && { heading: headingPath.join(' > ') }),
  ...(page !== undefined && { page }),
});

/** What a question is limited to. */
export const filterOf = ({ brand, filters }: Pick<Question, 'brand' | 'filters'>): ChunkFilter => ({
  ...(brand !== undefined && { brand }),
  ...filters,
});
