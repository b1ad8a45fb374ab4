import { type BreakerRegistry, breakers } from '@slipstream/resilience';
import type { Reranker } from '../reranker.ts';
import { ThreadPool } from '../use-lite/thread-pool.ts';
import { readModelFolder } from './model-folder.ts';
import type { ModelInput } from './open-onnx-model.ts';

export interface OnnxRerankerSettings {
  /** As for the embedder; its `model.onnx` gives one logit for a pair of texts. */
  readonly folder?: string | undefined;
  /** Longest wait for the scores of a question, in ms. Default: that of `policies.reranker`. */
  readonly timeoutMs?: number | undefined;
  readonly openMs?: number | undefined;
  readonly accelerators?: string | undefined;
  readonly breakers?: BreakerRegistry | undefined;
}

/**
 * A cross-encoder on this machine, in a thread of its own. Throws a ConfigError when the folder or
 * what runs it is not there.
 */
export function createOnnxReranker(settings: OnnxRerankerSettings): Reranker {
  const { folder, timeoutMs, openMs, accelerators } = settings;
  const model = readModelFolder('SLIPSTREAM_RERANKER_FOLDER', folder, accelerators);
  const pool = new ThreadPool<readonly ModelInput[], number[]>({
    file: new URL('./onnx-score-thread.ts', import.meta.url),
    data: model,
    threads: 1,
  });
  const registry = settings.breakers ?? breakers;
  const breaker = registry.breakerFor(
    'reranker',
    model.folder,
    openMs === undefined ? {} : { openMs },
  );
  return {
    id: model.name,
    warm: () => pool.warm(),
    score(question, passages, { signal } = {}) {
      if (passages.length === 0) return Promise.resolve([]);
      const pairs = passages.map((passage): ModelInput => [question, passage]);
      return breaker.run((stop) => pool.run(pairs, { signal: stop }), { signal, timeoutMs });
    },
    async [Symbol.asyncDispose]() {
      registry.release(breaker);
      await pool[Symbol.asyncDispose]();
    },
  };
}
