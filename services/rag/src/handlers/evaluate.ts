import { evaluate } from '@slipstream/evaluation';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Embedders } from '@slipstream/providers';
import type { HandlerOf } from '@slipstream/worker';

/** Judges this system's own knowledge. Questions take turns with those of users. */
export const createEvaluate =
  (store: KnowledgeStore, embedders: Pick<Embedders, 'active'>): HandlerOf<'evaluate'> =>
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
        ...(brand !== undefined && { filter: { brand } }),
        onProgress: (done, total) => progress({ done, total, message: 'questions asked' }),
      },
    );
