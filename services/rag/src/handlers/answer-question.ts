import type { AnswerModels } from '@slipstream/providers';
import { extractAnswer } from '@slipstream/retrieval';
import { metrics } from '@slipstream/telemetry';
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
  (retrieve: Retrieve, models: AnswerModels): HandlerOf<'answer-question'> =>
  async (payload, { signal, emit, log }) => {
    const { question, limit = 3 } = payload;
    const options = { filter: filterOf(payload), mode: 'hybrid', signal } as const;
    const { hits, idf, timings, degraded, embedder } = await retrieve(question, options);
    const model = models.modelFor(question);
    const from = performance.now();
    const extracted = extractAnswer(question, hits, { idf, passages: limit });
    const citations = citationsOf(extracted.citations, hits);
    const offline: Answer = {
      outcome: extracted.outcome,
      answer: extracted.answer,
      ...('reason' in extracted && { reason: extracted.reason }),
      citations,
      confidence: Math.round(extracted.confidence * 1_000) / 1_000,
      mode: 'extractive',
      ...(degraded !== undefined && { degraded }),
      ...(embedder !== undefined && { embedder }),
      cached: false,
      timings,
    };
    const done = (answer: Answer): Answer => {
      timings['answerMs'] = Math.round((performance.now() - from) * 100) / 100;
      metrics.answers.add(1, { model: answer.model ?? 'extractive', outcome: answer.outcome });
      return answer;
    };
    if (!model || offline.outcome === 'no-answer') return done(stream(offline));

    try {
      const onToken = (text: string) => emit('token', { text });
      const passages = hits.slice(0, Math.max(limit, MODEL_PASSAGES));
      const written = await answerByModel(model, payload, passages, { signal, onToken });
      emit('citations', written.citations);
      const { reason: _offlineReason, ...rest } = offline;
      return done({ ...rest, ...written, mode: 'model', model: model.id });
    } catch (err) {
      if (signal.aborted) throw err;
      log.warn({ err }, 'the answer model gave no answer, it is extractive');
      const reasons = [degraded, `answer model ${model.id}: ${(err as Error).message}`];
      return done(stream({ ...offline, degraded: reasons.filter(Boolean).join('; ') }));
    }

    function stream(answer: Answer): Answer {
      emit('citations', answer.citations);
      if (answer.answer !== null) emit('token', { text: answer.answer });
      return answer;
    }
  };
