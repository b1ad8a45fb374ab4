import type { Embedder } from '../embedder.ts';
import { createThreadEmbedder } from '../use-lite/use-lite-embedder.ts';
import { readModelFolder } from './model-folder.ts';

export interface OnnxFolderSettings {
  /** With `config.json`, `tokenizer.json`, `tokenizer_config.json` and `model.onnx`. */
  readonly folder?: string | undefined;
  /** What the name of the folder does not say. Default: nothing. */
  readonly version?: string | undefined;
  readonly queryPrefix?: string | undefined;
  readonly passagePrefix?: string | undefined;
  /** Worker threads, each with its own model. Default: 1. */
  readonly threads?: number | undefined;
  /** Folder of what `npm run add` has added. */
  readonly accelerators?: string | undefined;
}

/** Larger batches are hardly faster on one core, and a question waits for one. */
const limits = { maxTexts: 8, maxChars: 8_000 };

/**
 * A sentence model on this machine: the mean of its tokens, its first token, or what it calls
 * `sentence_embedding`. Throws a ConfigError when the folder or what runs it is not there.
 */
export function createOnnxFolderEmbedder(settings: OnnxFolderSettings): Embedder {
  const { folder, version, threads, accelerators } = settings;
  const model = readModelFolder('SLIPSTREAM_EMBEDDER_FOLDER', folder, accelerators);
  const info = {
    id: [model.name, version, model.hiddenSize].filter((part) => part !== undefined).join('@'),
    dimensions: model.hiddenSize,
    maxTokens: model.maxTokens,
    normalized: true,
    fusionWeight: 0.5,
    cacheThreshold: null,
  };
  const embedder = createThreadEmbedder(info, limits, {
    threads,
    thread: { file: new URL('./onnx-embed-thread.ts', import.meta.url), data: model },
  });
  const prefixes = { query: settings.queryPrefix ?? '', passage: settings.passagePrefix ?? '' };
  return {
    ...embedder,
    embed: (texts, kind, options) =>
      embedder.embed(
        texts.map((text) => prefixes[kind] + text),
        kind,
        options,
      ),
  };
}
