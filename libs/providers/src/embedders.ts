import type { Embedder } from './embedder.ts';
import type { OnnxFolderSettings } from './onnx-folder/onnx-folder-embedder.ts';
import type { OpenAiEmbedderSettings } from './openai-compatible/openai-embedder.ts';
import { createUseLiteEmbedder, type UseLiteOptions } from './use-lite/use-lite-embedder.ts';
import type { UseLiteOnnxOptions } from './use-lite-onnx/use-lite-onnx-embedder.ts';

/** Every embedder that can be configured. A new one is one folder and one line here. */
export const embedders = {
  'use-lite': async (settings: UseLiteOptions): Promise<Embedder> =>
    createUseLiteEmbedder(settings),
  'use-lite-onnx': async (settings: UseLiteOnnxOptions): Promise<Embedder> =>
    (await import('./use-lite-onnx/use-lite-onnx-embedder.ts')).createUseLiteOnnxEmbedder(settings),
  'onnx-folder': async (settings: OnnxFolderSettings): Promise<Embedder> =>
    (await import('./onnx-folder/onnx-folder-embedder.ts')).createOnnxFolderEmbedder(settings),
  // Loaded when asked for: the SDK costs 0.1 s and 36 MB, which the offline set-up saves.
  'openai-compatible': async (settings: OpenAiEmbedderSettings): Promise<Embedder> =>
    (await import('./openai-compatible/openai-embedder.ts')).createOpenAiEmbedder(settings),
} as const;

export type EmbedderProvider = keyof typeof embedders;

export interface EmbedderSettings
  extends UseLiteOnnxOptions,
    OnnxFolderSettings,
    OpenAiEmbedderSettings {
  readonly provider: EmbedderProvider;
}

/**
 * The embedder that the settings name. Rejects with a TypeError when it lacks a setting, with a
 * ConfigError when it lacks an accelerator.
 */
export const createEmbedder = (settings: EmbedderSettings): Promise<Embedder> =>
  embedders[settings.provider](settings);
