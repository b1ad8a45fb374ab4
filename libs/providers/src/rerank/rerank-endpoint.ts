import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { type BreakerRegistry, breakers, retryAfterMs } from '@slipstream/resilience';
import type { Reranker } from '../reranker.ts';
import type { RerankScore, RerankShape } from './rerank-shapes.ts';

export interface RerankEndpointSettings {
  /** `/rerank` is put after it: `https://api.jina.ai/v1`. */
  readonly baseUrl: string;
  readonly shape: RerankShape;
  readonly apiKey?: string | undefined;
  /** Tells its orders from those of other models. */
  readonly id: string;
  /** Longest wait for an answer, in ms. Default: that of `policies.reranker`. */
  readonly timeoutMs?: number | undefined;
  /** How long its breaker stays open, in ms. Default: that of `policies.reranker`. */
  readonly openMs?: number | undefined;
  /** Default: those of the process. */
  readonly breakers?: BreakerRegistry | undefined;
}

/** A cross-encoder behind `POST /rerank`. */
export function createRerankEndpoint(settings: RerankEndpointSettings): Reranker {
  const { id, shape, apiKey, timeoutMs, openMs } = settings;
  const url = `${settings.baseUrl.replace(/\/+$/, '')}/rerank`;
  const registry = settings.breakers ?? breakers;
  const breaker = registry.breakerFor('reranker', url, openMs === undefined ? {} : { openMs });

  async function ask(query: string, passages: readonly string[], signal: AbortSignal) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(shape.bodyOf(query, passages)),
      signal,
    }).catch((cause: unknown) => {
      throw away(`${url} could not be reached: ${reasonOf(cause)}`, { cause });
    });
    if (!response.ok) throw await refusal(url, response);
    const answer: unknown = await response.json().catch((cause: unknown) => {
      throw away(`${url} ended in the middle of its answer`, { cause });
    });
    const scores = shape.scoresIn(answer);
    if (scores) return scores;
    throw new TerminalError(`${url} answered without ${shape.answers}`, {
      code: 'provider-protocol',
    });
  }

  /** As many at once as the server takes; all count from the first passage. */
  async function askAll(query: string, passages: readonly string[], signal: AbortSignal) {
    const asked: Promise<RerankScore[]>[] = [];
    for (let from = 0; from < passages.length; from += shape.maxPassages) {
      const some = passages.slice(from, from + shape.maxPassages);
      const scores = ask(query, some, signal);
      asked.push(scores.then((all) => all.map((one) => ({ ...one, index: one.index + from }))));
    }
    return (await Promise.all(asked)).flat();
  }

  return {
    id,
    async warm() {},
    async [Symbol.asyncDispose]() {
      registry.release(breaker);
    },
    async score(question, passages, { signal } = {}) {
      if (passages.length === 0) return [];
      const results = await breaker.run((stop) => askAll(question, passages, stop), {
        signal,
        timeoutMs,
      });
      const scores = new Map(results.map((one) => [one.index, one.score]));
      return passages.map((_, index) => scores.get(index));
    },
  };
}

const away = (message: string, options: ErrorOptions & { delayMs?: number }): RetryLaterError =>
  new RetryLaterError(message, { code: 'provider-unreachable', ...options });

async function refusal(url: string, response: Response): Promise<Error> {
  const { status, headers } = response;
  await response.body?.cancel();
  const message = `${url} answered ${status}`;
  if (status < 500 && status !== 408 && status !== 429)
    return new TerminalError(message, { code: 'provider-refused' });
  const delayMs = retryAfterMs(headers);
  return away(message, delayMs === undefined ? {} : { delayMs });
}

/** The innermost message: `fetch failed` hides it in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message || error.name;
}
