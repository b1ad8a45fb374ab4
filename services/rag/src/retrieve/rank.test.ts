import type { Chunk } from '@slipstream/contracts';
import type { Reranker } from '@slipstream/providers';
import { countTerms, idfFrom } from '@slipstream/retrieval';
import { expect, test } from 'vitest';
import { createRanking, type RankOptions } from './rank.ts';

const hit = (id: string, score: number) => {
  const place = { brand: 'A', source: 's', docId: 'd', url: 'https://docs.example/' };
  const text = `Text of ${id}.`;
  const chunk: Chunk = {
    id,
    ...place,
    title: '',
    headingPath: [],
    ordinal: 0,
    text,
    fetchedAt: '',
  };
  return { chunk, score };
};

/** By words a leads by far; by meaning c does, by a hair. */
const found = {
  question: 'Which text?',
  textHits: [hit('a', 10), hit('b', 1), hit('d', 0)],
  otherHits: [],
  vectorHits: [hit('c', 0.91), hit('b', 0.9), hit('d', 0)],
  idf: idfFrom(countTerms(['Text'])),
  signal: new AbortController().signal,
};

async function order(options: Partial<RankOptions>, vectorWeight = 0.5): Promise<string[]> {
  const rank = createRanking({ fusion: 'weighted', depth: 50, ...options });
  const { hits } = await rank({ ...found, vectorWeight });
  return hits.map(({ chunk }) => chunk.id);
}

test('the weight says whether words or meaning lead', async () => {
  expect((await order({}, 0.2))[0]).toBe('a');
  expect((await order({}, 1))[0]).toBe('c');
});

test('by ranks, what both lists have comes before the first of either, whatever the weight', async () => {
  for (const weight of [0, 1]) expect((await order({ fusion: 'rrf' }, weight))[0]).toBe('b');
});

test('a reranker orders what it has scored; what it left out or did not read follows', async () => {
  const seen: string[][] = [];
  const reranker: Reranker = {
    id: 'letters',
    async warm() {},
    async [Symbol.asyncDispose]() {},
    async score(_question, passages) {
      seen.push([...passages]);
      return passages.map((text) =>
        text.includes('of b') ? 0.9 : text.includes('of a') ? 0.1 : undefined,
      );
    },
  };
  const before = await order({});
  const depth = 3;
  const after = await order({ reranker, depth });
  expect(seen[0]).toHaveLength(depth);
  expect(after).toEqual([...['b', 'a'], ...before.filter((id) => id !== 'a' && id !== 'b')]);
});
