import type { AnswerModel } from '@slipstream/providers';
import { isOutage } from '@slipstream/resilience';
import { leansOnHistory, standaloneQuestion } from '@slipstream/retrieval';
import type { Answer, Question } from './cite.ts';

export interface Standalone {
  readonly question: string;
  readonly usage?: NonNullable<Answer['usage']>;
}

/**
 * The question as it is searched for: one that leans on the conversation gets from it what it
 * leaves out. The model rewrites it when there is one; without it, or when it is away, terms and
 * names of the question before are carried over.
 */
export async function standalone(
  { question, history = [] }: Question,
  model: AnswerModel | undefined,
  signal: AbortSignal,
): Promise<Standalone> {
  const earlier = history.flatMap(({ role, text }) => (role === 'user' ? [text] : []));
  if (earlier.length === 0 || !leansOnHistory(question)) return { question };
  if (model?.rewrite) {
    try {
      return await model.rewrite({ question, history }, { signal });
    } catch (error) {
      if (signal.aborted || !isOutage(error)) throw error;
    }
  }
  return { question: standaloneQuestion(question, earlier) };
}
