import type { Chunk } from '@slipstream/contracts';
import { type AnswerModel, NO_ANSWER } from '@slipstream/providers';
import { type Hit, verifyCitations } from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { type Answer, citationsOf, type Question } from './cite.ts';

export interface ModelAnswer {
  readonly outcome: Answer['outcome'];
  readonly answer: string | null;
  readonly reason?: string;
  readonly citations: Answer['citations'];
  readonly usage: NonNullable<Answer['usage']>;
}

/**
 * Lets the model write the answer from the hits, handing on each token, and checks every citation
 * afterwards: one that names no passage, or a passage that does not hold its sentence, is dropped.
 * An answer that is left without any is not an answer.
 */
export async function answerByModel(
  model: AnswerModel,
  question: Question,
  hits: readonly Hit<Chunk>[],
  { signal, onToken }: { signal: AbortSignal; onToken: (text: string) => void },
): Promise<ModelAnswer> {
  const chunks = hits.map(({ chunk }) => chunk);
  const passages = chunks.map(({ title, headingPath, url, text }, index) => ({
    n: index + 1,
    title: [title, ...headingPath].join(' > '),
    url,
    text,
  }));
  const history = question.history ?? [];
  return withSpan(
    'answer model',
    { attributes: { 'gen_ai.request.model': model.id } },
    async () => {
      const request = { question: question.question, history, passages };
      for await (const part of model.answer(request, { signal })) {
        if (part.type === 'token') onToken(part.text);
        else return judged(part.text, part.usage);
      }
      throw new Error(`${model.id} ended without an answer`);
    },
  );

  function judged(text: string, usage: ModelAnswer['usage']): ModelAnswer {
    if (text.trim() === NO_ANSWER) {
      const reason = 'The sources do not hold the answer.';
      return { outcome: 'no-answer', answer: null, reason, citations: [], usage };
    }
    const { answer, citations } = verifyCitations(text, chunks);
    if (citations.length > 0) {
      return { outcome: 'answered', answer, citations: citationsOf(citations, hits), usage };
    }
    const reason = 'None of the statements could be found in the sources.';
    return { outcome: 'low-confidence', answer: null, reason, citations: [], usage };
  }
}
