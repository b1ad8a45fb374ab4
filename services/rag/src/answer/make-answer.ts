import type { AnswerModels } from '@slipstream/providers';
import { extractAnswer } from '@slipstream/retrieval';
import { metrics } from '@slipstream/telemetry';
import type { TaskContext } from '@slipstream/worker';
import type { KeptAnswer, Made } from '../cache/cached-answer.ts';
import type { Retrieve } from '../retrieve/retriever.ts';
import { type Answer, citationsOf, filterOf, type Question, sourceOf } from './cite.ts';
import { answerByModel } from './model-answer.ts';
import { standalone } from './standalone.ts';

/** Passages that the answer model reads. */
const MODEL_PASSAGES = 8;
/** Passages that are remembered of a question that was not answered. */
const GAP_PASSAGES = 3;

type Usage = NonNullable<Answer['usage']>;

/** What one run has cost, and the best passages for those who fill the gap. */
export interface Run {
  readonly timings: Record<string, number>;
  readonly usage?: Usage;
  readonly embedderUsage?: Usage;
  readonly passages: readonly (ReturnType<typeof sourceOf> & { readonly score: number })[];
}

export interface MakerParts {
  readonly retrieve: Retrieve;
  readonly models: AnswerModels;
  /** Confidence from which a question is answered, 0 to 1. */
  readonly answerFrom: number;
}

/**
 * Answers from what is found, or says why not. The offline answer decides first whether the sources
 * touch the question at all; a model only writes when they do, and when it is down the offline
 * answer is given and says so.
 */
export async function makeAnswer(
  { retrieve, models, answerFrom }: MakerParts,
  asked: Question,
  { signal, emit, log }: Pick<TaskContext, 'signal' | 'emit' | 'log'>,
): Promise<Made & { readonly run: Run }> {
  const { limit = 3 } = asked;
  const model = models.modelFor(asked.question);
  const { question, usage: rewriting } = await standalone(asked, model, signal);
  const options = { filter: filterOf(asked), mode: 'hybrid', signal } as const;
  const { hits, idf, timings, degraded, embedder, promptTokens } = await retrieve(
    question,
    options,
  );
  const from = performance.now();
  const extracted = extractAnswer(question, hits, { idf, passages: limit, answerFrom });
  const offline: KeptAnswer = {
    outcome: extracted.outcome,
    answer: extracted.answer,
    ...('reason' in extracted && { reason: extracted.reason }),
    citations: citationsOf(extracted.citations, hits),
    confidence: rounded(extracted.confidence),
    mode: 'extractive',
    ...(degraded !== undefined && { degraded }),
    ...(embedder !== undefined && { embedder }),
    ...(question !== asked.question && { readAs: question }),
  };
  const { answer, usage } = await written();
  metrics.answers.add(1, { model: answer.model ?? 'extractive', outcome: answer.outcome });
  timings['answerMs'] = Math.round((performance.now() - from) * 100) / 100;
  const used = sumOf(rewriting, usage);
  const embedded = promptTokens !== undefined &&
    embedder !== undefined && {
      embedderUsage: { model: embedder, promptTokens, completionTokens: 0, estimated: false },
    };
  const passages = hits
    .slice(0, GAP_PASSAGES)
    .map(({ chunk, score }) => ({ ...sourceOf(chunk), score: rounded(score) }));
  return {
    answer,
    // What was answered without a part of the system is not what it would answer.
    keep: answer.degraded === undefined,
    run: { timings, ...(used && { usage: used }), ...embedded, passages },
  };

  async function written(): Promise<{ answer: KeptAnswer; usage?: Usage }> {
    if (!model || offline.outcome === 'no-answer') return { answer: offline };
    try {
      const onText = (text: string) => emit('token', { text });
      const passages = hits.slice(0, Math.max(limit, MODEL_PASSAGES));
      const { usage, ...byModel } = await answerByModel(model, { ...asked, question }, passages, {
        idf,
        signal,
        onText,
      });
      const { reason: _offlineReason, ...rest } = offline;
      return { answer: { ...rest, ...byModel, mode: 'model', model: model.id }, usage };
    } catch (err) {
      if (signal.aborted) throw err;
      log.warn({ err }, 'the answer model gave no answer, it is extractive');
      const reasons = [degraded, `answer model ${model.id}: ${(err as Error).message}`];
      return { answer: { ...offline, degraded: reasons.filter(Boolean).join('; ') } };
    }
  }
}

const rounded = (score: number): number => Math.round(score * 1_000) / 1_000;

function sumOf(one: Usage | undefined, other: Usage | undefined): Usage | undefined {
  if (!one || !other) return one ?? other;
  return {
    model: other.model,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    estimated: one.estimated || other.estimated,
  };
}
