import type { AnswerModel } from '@slipstream/providers';
import { isOutage } from '@slipstream/resilience';
import { extractAnswer } from '@slipstream/retrieval';
import type { HandlerOf } from '@slipstream/worker';
import { type Answer, citationsOf, filterOf } from '../answer/cite.ts';
import { answerByModel } from '../answer/model-answer.ts';
import type { Retrieve } from '../retrieve/retriever.ts';

/** Passages that the answer model reads. */
const MODEL_PASSAGES = 8;

/**
 * Answers from what was found, or says why not. The offline answer decides first whether the
 * sources touch the question at all; a model only writes when they do, and when it is down the
 * offline answer is given and says so.
 */
export const createAnswerQuestion =
  (
    retrieve: Retrieve,
    model: AnswerModel | undefined,
    answerFrom: number,
  ): HandlerOf<'answer-question'> =>
  async (payload, { signal, emit, log }) => {
    const { question, limit = 3 } = payload;
    const options = { filter: filterOf(payload), mode: 'hybrid', signal } as const;
    const { hits, idf, timings, degraded } = await retrieve(question, options);
    const from = performance.now();
    const extracted = extractAnswer(question, hits, { idf, passages: limit, answerFrom });
    const citations = citationsOf(extracted.citations, hits);
    const offline: Answer = {
      outcome: extracted.outcome,
      answer: extracted.answer,
      ...('reason' in extracted && { reason: extracted.reason }),
      citations,
      confidence: Math.round(extracted.confidence * 1_000) / 1_000,
      mode: 'extractive',
      ...(degraded !== undefined && { degraded }),
      cached: false,
      timings,
    };
    const done = (answer: Answer): Answer => {
      timings['answerMs'] = Math.round((performance.now() - from) * 100) / 100;
      return answer;
    };
    if (!model || offline.outcome === 'no-answer') return done(stream(offline));

    try {
      const onToken = (text: string) => emit('token', { text });
      const passages = hits.slice(0, Math.max(limit, MODEL_PASSAGES));
      const written = await answerByModel(model, payload, passages, { signal, onToken });
      emit('citations', written.citations);
      const { reason: _offlineReason, ...rest } = offline;
      return done({ ...rest, ...written, mode: 'model' });
    } catch (err) {
      if (signal.aborted || !isOutage(err)) throw err;
      log.warn({ err }, 'the answer model is away, the answer is extractive');
      return done(stream({ ...offline, degraded: `answer model: ${(err as Error).message}` }));
    }

    function stream(answer: Answer): Answer {
      emit('citations', answer.citations);
      if (answer.answer !== null) emit('token', { text: answer.answer });
      return answer;
    }
  };
