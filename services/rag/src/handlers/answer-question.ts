import { type Asked, addTallies, noteAsked } from '@slipstream/jetstream';
import { metrics } from '@slipstream/telemetry';
import { type HandlerOf, type PoolParts, recordUsage } from '@slipstream/worker';
import type { Answer, Question } from '../answer/cite.ts';
import { type MakerParts, makeAnswer, type Run } from '../answer/make-answer.ts';
import type { AnswerCache, FromCache } from '../cache/answer-cache.ts';

export interface AnswerParts extends MakerParts, Pick<PoolParts, 'bus' | 'logger'> {
  readonly cache: AnswerCache;
}

/** Gives the answer that the cache has, or makes one. Whoever streams gets both in the same shape. */
export const createAnswerQuestion =
  (parts: AnswerParts): HandlerOf<'answer-question'> =>
  async (asked, context) => {
    const { signal, emit } = context;
    const from = performance.now();
    let run: Run | undefined;
    const make = async () => {
      const made = await makeAnswer(parts, asked, context);
      run = made.run;
      return made;
    };
    const found = await parts.cache.answer(asked, make, signal);
    const { answer, match, ageMs } = found;
    emit('citations', answer.citations);
    // The model's own words went out as they came.
    const streamed = match === 'miss' && answer.mode === 'model';
    if (answer.answer !== null && !streamed) emit('token', { text: answer.answer });
    record(parts, asked, found, run, context.parentId === undefined);
    const cacheMs = Math.round((performance.now() - from) * 100) / 100;
    return {
      ...answer,
      cached: match !== 'miss',
      ...(match !== 'miss' && { cache: { match, ageMs } }),
      timings: run?.timings ?? { cacheMs },
      ...(run?.usage && { usage: run.usage }),
      ...(run?.embedderUsage && { embedderUsage: run.embedderUsage }),
    } satisfies Answer;
  };

/**
 * What is learned from a question besides its answer: hits of the cache, tokens, and the question
 * itself, unless a job or a workflow asked it.
 */
function record(
  parts: AnswerParts,
  asked: Question,
  { match, answer }: FromCache,
  run: Run | undefined,
  byUser: boolean,
): void {
  const { bus, logger } = parts;
  const { brand, filters, limit, history = [] } = asked;
  metrics.answerCache.add(1, { match });
  if (run?.usage) recordUsage(parts, brand, run.usage);
  if (run?.embedderUsage) recordUsage(parts, brand, run.embedderUsage);
  const lost = (err: unknown) => logger.warn({ err }, 'a question was not counted');
  addTallies(bus, [{ brand, measure: 'cache', what: match, count: 1 }]).catch(lost);
  if (!byUser) return;
  const note: Asked = {
    brand,
    question: answer.readAs ?? asked.question,
    outcome: answer.outcome,
    confidence: answer.confidence,
    at: new Date().toISOString(),
    filters,
    limit,
    cited: [...new Set(answer.citations.map(({ url }) => url))],
    ...(history.length > 0 && { followUp: true }),
    ...(answer.outcome !== 'answered' && run && { passages: run.passages }),
  };
  noteAsked(bus, note).catch(lost);
}
