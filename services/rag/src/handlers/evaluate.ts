import { evaluate } from '@slipstream/evaluation';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedders } from '@slipstream/providers';
import type { HandlerOf } from '@slipstream/worker';

export interface EvaluationParts {
  readonly store: KnowledgeStore;
  readonly embedders: Embedders;
  /** Weight of the vectors, if it is set. */
  readonly fusionWeight: number | undefined;
}

/** Judges this system's own knowledge. Questions take turns with those of users. */
export const createEvaluate =
  ({ store, embedders, fusionWeight }: EvaluationParts): HandlerOf<'evaluate'> =>
  async ({ questions, brand }, { signal, progress }) =>
    evaluate(
      questions.map(({ id, answers = [], relevant = {}, answerable = true, ...rest }, nth) => ({
        ...rest,
        id: id ?? String(nth + 1),
        answers,
        relevant,
        answerable,
      })),
      {
        store,
        embedder: embedders.active,
        signal,
        ...(fusionWeight !== undefined && { fusionWeight }),
        ...(brand !== undefined && { filter: { brand } }),
        onProgress: (done, total) => progress({ done, total, message: 'questions asked' }),
      },
    );
