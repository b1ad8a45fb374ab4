import type { Chunk } from '@slipstream/contracts';
import { type AnswerModel, NO_ANSWER } from '@slipstream/providers';
import {
  type Hit,
  type Idf,
  isInstruction,
  lastSentenceStart,
  verifyCitations,
  withoutInstructions,
} from '@slipstream/retrieval';
import { withSpan } from '@slipstream/telemetry';
import { type Answer, citationsOf, type Question } from './cite.ts';

export interface ModelAnswer {
  readonly outcome: Answer['outcome'];
  readonly answer: string | null;
  readonly reason?: string;
  readonly citations: Answer['citations'];
  readonly usage: NonNullable<Answer['usage']>;
}

export interface ModelAnswerOptions {
  /** Of the whole knowledge: with that of one passage alone `The Tarn 4 burns` is half true. */
  readonly idf: Idf;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
}

/**
 * Lets the model write the answer from the hits. What speaks to a model in them is left out before
 * it reads them, and every sentence that it writes is checked against what it has read: a citation
 * that names no passage, or one that does not hold its sentence, is dropped, and so is a sentence
 * that no passage holds. `onText` gets each sentence when it is checked. An answer that is left
 * without a citation is not an answer.
 */
export async function answerByModel(
  model: AnswerModel,
  question: Question,
  hits: readonly Hit<Chunk>[],
  { idf, signal, onText }: ModelAnswerOptions,
): Promise<ModelAnswer> {
  const chunks = hits.map(({ chunk }) => ({
    ...chunk,
    text: withoutInstructions(chunk.text).text,
  }));
  const passages = chunks.map(({ title, headingPath, url, text }, index) => ({
    n: index + 1,
    title: [title, ...headingPath].filter((line) => !isInstruction(line)).join(' > '),
    url,
    text,
  }));
  const history = question.history ?? [];
  const check = (text: string) => verifyCitations(text, chunks, { strict: true, idf });
  const attributes = { 'gen_ai.request.model': model.id };
  return withSpan('answer model', { attributes }, async () => {
    let written = '';
    let shown = '';
    const show = (text: string): void => {
      if (!text.startsWith(shown)) return;
      if (text.length > shown.length) onText(text.slice(shown.length));
      shown = text;
    };
    const request = { question: question.question, history, passages };
    for await (const part of model.answer(request, { signal })) {
      if (part.type === 'token') {
        written += part.text;
        if (SENTENCE_END.test(part.text)) show(check(whole(written)).answer);
        continue;
      }
      const { cut, usage } = part;
      const answer = judged(cut ? whole(part.text) : part.text, usage);
      if (answer.answer !== null) show(answer.answer);
      return answer;
    }
    throw new Error(`${model.id} ended without an answer`);
  });

  function judged(text: string, usage: ModelAnswer['usage']): ModelAnswer {
    if (text.trim() === NO_ANSWER) {
      const reason = 'The sources do not hold the answer.';
      return { outcome: 'no-answer', answer: null, reason, citations: [], usage };
    }
    const { answer, citations } = check(text);
    if (citations.length > 0) {
      return { outcome: 'answered', answer, citations: citationsOf(citations, hits), usage };
    }
    const reason = 'None of the statements could be found in the sources.';
    return { outcome: 'low-confidence', answer: null, reason, citations: [], usage };
  }
}

/** After one of these a sentence may have ended. */
const SENTENCE_END = /[.!?\]\n]/;

/** Without the sentence at the end, which may go on, and its marks may still come. */
const whole = (text: string): string => text.slice(0, lastSentenceStart(text)).trimEnd();
