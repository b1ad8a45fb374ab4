import { TerminalError } from '@slipstream/contracts';
import { withRetry } from '@slipstream/resilience';
import type { Embedder, EmbedderInfo, EmbeddingKind, EmbedOptions } from '../embedder.ts';
import { normalize } from '../normalize.ts';
import { planBatches } from '../plan-batches.ts';
import { type EndpointSettings, openEndpoint, required } from './endpoint.ts';
import { providerError } from './provider-error.ts';

export interface OpenAiEmbedderSettings extends EndpointSettings {
  /**
   * What the server does not say of its model: a revision, a quantisation. Vectors of two versions
   * are never compared. Default: none.
   */
  readonly version?: string | undefined;
  /** Dimensions of the model's vectors. A vector of another length is refused. */
  readonly dimensions?: number | undefined;
  /**
   * Ask for vectors cut to `dimensions` (text-embedding-3 and other Matryoshka models). Default:
   * false.
   */
  readonly requestDimensions?: boolean | undefined;
  /** Texts per request, 256 at most. Default: 64, so that a small server answers in time. */
  readonly batchSize?: number | undefined;
  /**
   * Put before each query or passage, as E5 (`query: `) and Nomic models want it. Default: nothing.
   */
  readonly queryPrefix?: string | undefined;
  readonly passagePrefix?: string | undefined;
  /** Default: 512, which the small BERT-like models read. */
  readonly maxTokens?: number | undefined;
  /** Default: 0.5. Find yours with `slipstream eval`. */
  readonly fusionWeight?: number | undefined;
  /** Default: null. Find yours with `slipstream eval`. */
  readonly cacheThreshold?: number | null | undefined;
}

/** OpenAI takes 300,000 tokens in one request; about 4 characters make one. */
const MAX_BATCH_CHARS = 800_000;
const MAX_BATCH_TEXTS = 256;

/** Embeddings from any OpenAI-compatible server. Throws a TypeError when a setting is missing. */
export function createOpenAiEmbedder(settings: OpenAiEmbedderSettings): Embedder {
  const { client, endpoint, model, breaker, release } = openEndpoint(settings, '/embeddings');
  const dimensions = required(settings, 'dimensions');
  const info: EmbedderInfo = {
    id: [model, settings.version, dimensions].filter((part) => part !== undefined).join('@'),
    dimensions,
    maxTokens: settings.maxTokens ?? 512,
    normalized: true,
    fusionWeight: settings.fusionWeight ?? 0.5,
    cacheThreshold: settings.cacheThreshold ?? null,
  };

  const request = async (input: string[], signal: AbortSignal) => {
    try {
      return await client.embeddings.create(
        {
          model,
          input,
          // The SDK would ask for base64, which not every server knows.
          encoding_format: 'float',
          ...(settings.requestDimensions && { dimensions }),
        },
        { signal },
      );
    } catch (error) {
      throw providerError(error, endpoint);
    }
  };

  const embedBatch = async (input: string[], { signal }: EmbedOptions) => {
    const options = { signal, timeoutMs: settings.timeoutMs };
    const response = await withRetry(() => breaker.run((stop) => request(input, stop), options), {
      limits: breaker.policy.retry,
      signal,
    });
    return { vectors: readVectors(response, input.length), usage: response.usage };
  };

  const readVectors = (response: EmbeddingResponse, count: number): Float32Array[] => {
    const vectors: Float32Array[] = [];
    for (const [position, { index, embedding }] of (response.data ?? []).entries()) {
      if (embedding.length !== dimensions) {
        throw new TerminalError(
          `${model} at ${endpoint} gives vectors of ${embedding.length} dimensions, ${dimensions} are configured: correct SLIPSTREAM_EMBEDDER_DIMENSIONS`,
          { code: 'wrong-dimensions' },
        );
      }
      vectors[index ?? position] = normalize(Float32Array.from(embedding));
    }
    if (Object.keys(vectors).length !== count || vectors.length !== count) {
      throw new TerminalError(
        `${endpoint} gave ${Object.keys(vectors).length} vectors for ${count} texts`,
        { code: 'provider-protocol' },
      );
    }
    return vectors;
  };

  const prefixes = { query: settings.queryPrefix ?? '', passage: settings.passagePrefix ?? '' };
  const limits = {
    maxTexts: Math.min(settings.batchSize ?? 64, MAX_BATCH_TEXTS),
    maxChars: MAX_BATCH_CHARS,
  };

  return {
    info,
    async warm() {},
    async embed(texts, kind: EmbeddingKind, options = {}) {
      const vectors: Float32Array[] = new Array(texts.length);
      let promptTokens: number | undefined;
      for (const batch of planBatches(texts, limits)) {
        const input = batch.map((position) => prefixes[kind] + texts[position] || ' ');
        const reply = await embedBatch(input, options);
        for (const [row, position] of batch.entries()) {
          const vector = reply.vectors[row];
          if (vector) vectors[position] = vector;
        }
        if (reply.usage) promptTokens = (promptTokens ?? 0) + reply.usage.prompt_tokens;
      }
      return { vectors, ...(promptTokens !== undefined && { promptTokens }) };
    },
    async [Symbol.asyncDispose]() {
      release();
    },
  };
}

/**
 * What servers really send: some leave out `index` or `usage`, a wrong address answers without
 * `data`.
 */
interface EmbeddingResponse {
  readonly data?: readonly { readonly index?: number; readonly embedding: readonly number[] }[];
}
