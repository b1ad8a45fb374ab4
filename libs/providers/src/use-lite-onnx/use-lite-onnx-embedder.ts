import type { Embedder } from '../embedder.ts';
import { createUseLiteEmbedder, type UseLiteOptions } from '../use-lite/use-lite-embedder.ts';
import { findOnnxRuntime } from './load-onnxruntime.ts';

export interface UseLiteOnnxOptions extends UseLiteOptions {
  /** Folder with `onnxruntime/node_modules`. Default: where `npm run add` puts it. */
  readonly accelerators?: string | undefined;
}

/**
 * The weights and vectors of `use-lite`, computed by ONNX Runtime: the two can share a store.
 * Throws a ConfigError when ONNX Runtime is not there.
 */
export function createUseLiteOnnxEmbedder({
  accelerators,
  threads,
}: UseLiteOnnxOptions = {}): Embedder {
  const runtime = findOnnxRuntime(accelerators);
  return createUseLiteEmbedder({
    threads,
    thread: { file: new URL('./use-lite-onnx-thread.ts', import.meta.url), data: runtime },
  });
}
