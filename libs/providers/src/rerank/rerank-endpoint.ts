import { RetryLaterError, TerminalError } from '@slipstream/contracts';
import { type BreakerRegistry, breakers, retryAfterMs } from '@slipstream/resilience';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Reranker } from '../reranker.ts';

export interface RerankEndpointSettings {
  /** With its version: `https://api.jina.ai/v1`. `/rerank` is put after it. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly model: string;
  /** Longest wait for an answer, in ms. Default: that of `policies.reranker`. */
  readonly timeoutMs?: number | undefined;
  /** How long its breaker stays open, in ms. Default: that of `policies.reranker`. */
  readonly openMs?: number | undefined;
  /** Default: those of the process. */
  readonly breakers?: BreakerRegistry | undefined;
}

/** What Cohere, Jina, vLLM, llama.cpp and Infinity answer, as far as it is used. */
const Answer = Type.Object({
  results: Type.Array(
    Type.Object({ index: Type.Integer({ minimum: 0 }), relevance_score: Type.Number() }),
  ),
});

/** `POST /rerank` with model, query, documents and top_n, as Cohere has made it common. */
export function createRerankEndpoint(settings: RerankEndpointSettings): Reranker {
  const { apiKey, model, timeoutMs, openMs } = settings;
  const url = `${settings.baseUrl.replace(/\/+$/, '')}/rerank`;
  const registry = settings.breakers ?? breakers;
  const breaker = registry.breakerFor('reranker', url, openMs === undefined ? {} : { openMs });

  async function ask(query: string, documents: readonly string[], signal: AbortSignal) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model, query, documents, top_n: documents.length }),
      signal,
    }).catch((cause: unknown) => {
      throw away(`${url} could not be reached: ${reasonOf(cause)}`, { cause });
    });
    if (!response.ok) throw await refusal(url, response);
    const answer: unknown = await response.json().catch((cause: unknown) => {
      throw away(`${url} ended in the middle of its answer`, { cause });
    });
    if (Value.Check(Answer, answer)) return answer.results;
    throw new TerminalError(`${url} answered without results of index and relevance_score`, {
      code: 'provider-protocol',
    });
  }

  return {
    id: model,
    async warm() {},
    async [Symbol.asyncDispose]() {
      registry.release(breaker);
    },
    async score(question, passages, { signal } = {}) {
      if (passages.length === 0) return [];
      const results = await breaker.run((stop) => ask(question, passages, stop), {
        signal,
        timeoutMs,
      });
      const scores = new Map(results.map((one) => [one.index, one.relevance_score]));
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
