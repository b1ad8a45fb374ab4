import { Type } from 'typebox';
import { Value } from 'typebox/value';

export interface RerankScore {
  readonly index: number;
  readonly score: number;
}

/** How a rerank server is asked, and what it answers. */
export interface RerankShape {
  /** Most passages of one request. */
  readonly maxPassages: number;
  bodyOf(query: string, passages: readonly string[]): object;
  /** Undefined: it answered something else. */
  scoresIn(answer: unknown): readonly RerankScore[] | undefined;
  /** What an answer has, for messages. */
  readonly answers: string;
}

const Index = Type.Integer({ minimum: 0 });
const Results = Type.Object({
  results: Type.Array(Type.Object({ index: Index, relevance_score: Type.Number() })),
});
const Scores = Type.Array(Type.Object({ index: Index, score: Type.Number() }));

/** As Cohere has made it common: Jina, vLLM, llama.cpp and Infinity speak it, as far as it is used. */
export const cohereShape = (model: string): RerankShape => ({
  maxPassages: Number.POSITIVE_INFINITY,
  bodyOf: (query, documents) => ({ model, query, documents, top_n: documents.length }),
  scoresIn: (answer) =>
    Value.Check(Results, answer)
      ? answer.results.map(({ index, relevance_score: score }) => ({ index, score }))
      : undefined,
  answers: 'results of index and relevance_score',
});

/**
 * Text Embeddings Inference: its model is chosen at its start. It refuses more than 32 texts at once
 * (`--max-client-batch-size`), and texts that are too long unless it may cut them.
 */
export const teiShape: RerankShape = {
  maxPassages: 32,
  bodyOf: (query, texts) => ({ query, texts, truncate: true }),
  scoresIn: (answer) => (Value.Check(Scores, answer) ? answer : undefined),
  answers: 'a list of index and score',
};
