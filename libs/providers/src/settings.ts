import { acceleratorSettings, ConfigError } from '@slipstream/config';
import { policies } from '@slipstream/resilience';
import { type Static, Type } from 'typebox';
import type { AnswerModel } from './answer-model.ts';
import { type AnswerProvider, answerModels, createAnswerModel } from './answer-models.ts';
import type { Embedder } from './embedder.ts';
import { createEmbedder, type EmbedderProvider, embedders } from './embedders.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** How every model server is called. */
const modelSettings = {
  SLIPSTREAM_MODEL_TIMEOUT_MS: Type.Integer({
    default: policies.model.timeoutMs,
    minimum: 100,
    description:
      'Longest wait for an answer of a model server, or for the next piece of a stream, ms',
  }),
  SLIPSTREAM_MODEL_OPEN_MS: Type.Integer({
    default: policies.model.openMs,
    minimum: 100,
    description: `How long a model server is left alone after ${policies.model.failures} failures in a row, ms`,
  }),
};

/** The settings of the embedder, for every service that has one. They must be the same in all. */
export const embedderSettings = {
  SLIPSTREAM_EMBEDDER: Type.Enum(Object.keys(embedders) as EmbedderProvider[], {
    default: 'use-lite',
    description:
      'Who turns texts into vectors; use-lite needs no network and no key, use-lite-onnx is the same model, faster, after `npm run add -- onnxruntime`',
  }),
  SLIPSTREAM_EMBEDDER_URL: text('Base URL of the OpenAI-compatible server, with /v1'),
  SLIPSTREAM_EMBEDDER_API_KEY: text('Its API key, if it wants one'),
  SLIPSTREAM_EMBEDDER_MODEL: text('Name of the embedding model there'),
  SLIPSTREAM_EMBEDDER_DIMENSIONS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 8_192, description: 'Length of its vectors' }),
  ),
  SLIPSTREAM_EMBEDDER_THREADS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description:
      'Threads of use-lite and use-lite-onnx; each takes a core and 300 MB while it works',
  }),
  ...acceleratorSettings,
  ...modelSettings,
};

const EmbedderConfig = Type.Object(embedderSettings);

/** The embedder that the settings name. Rejects with a ConfigError when it lacks one of them. */
export async function embedderFrom(
  config: Static<typeof EmbedderConfig>,
  threads = config.SLIPSTREAM_EMBEDDER_THREADS,
): Promise<Embedder> {
  if (config.SLIPSTREAM_EMBEDDER === 'openai-compatible') {
    need(config, 'SLIPSTREAM_EMBEDDER', [
      'SLIPSTREAM_EMBEDDER_URL',
      'SLIPSTREAM_EMBEDDER_MODEL',
      'SLIPSTREAM_EMBEDDER_DIMENSIONS',
    ]);
  }
  return createEmbedder({
    provider: config.SLIPSTREAM_EMBEDDER,
    baseUrl: config.SLIPSTREAM_EMBEDDER_URL,
    apiKey: config.SLIPSTREAM_EMBEDDER_API_KEY,
    model: config.SLIPSTREAM_EMBEDDER_MODEL,
    dimensions: config.SLIPSTREAM_EMBEDDER_DIMENSIONS,
    threads,
    accelerators: config.SLIPSTREAM_ACCELERATORS_DIR,
    timeoutMs: config.SLIPSTREAM_MODEL_TIMEOUT_MS,
    openMs: config.SLIPSTREAM_MODEL_OPEN_MS,
  });
}

/** Throws a ConfigError that names what a choice needs and does not have. */
function need<Config extends object>(
  config: Config,
  choice: keyof Config & string,
  names: readonly (keyof Config & string)[],
): void {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length > 0)
    throw new ConfigError(`${choice} is ${config[choice]}, it needs ${missing.join(' and ')}`);
}

/** The settings of the answer model. Without one answers are made of the sources' own sentences. */
export const answerSettings = {
  SLIPSTREAM_ANSWER_MODEL_PROVIDER: Type.Enum(
    ['extractive', ...(Object.keys(answerModels) as AnswerProvider[])],
    {
      default: 'extractive',
      description: 'Who writes answers; extractive needs no network and no key',
    },
  ),
  SLIPSTREAM_ANSWER_MODEL_URL: text('Base URL of the OpenAI-compatible server, with /v1'),
  SLIPSTREAM_ANSWER_MODEL_API_KEY: text('Its API key, if it wants one'),
  SLIPSTREAM_ANSWER_MODEL: text('Name of the chat model there'),
  ...modelSettings,
};

const AnswerConfig = Type.Object(answerSettings);

/** The answer model that the settings name, or undefined for extractive answers. */
export async function answerModelFrom(
  config: Static<typeof AnswerConfig>,
): Promise<AnswerModel | undefined> {
  const provider = config.SLIPSTREAM_ANSWER_MODEL_PROVIDER;
  if (provider === 'extractive') return undefined;
  need(config, 'SLIPSTREAM_ANSWER_MODEL_PROVIDER', [
    'SLIPSTREAM_ANSWER_MODEL_URL',
    'SLIPSTREAM_ANSWER_MODEL',
  ]);
  return createAnswerModel({
    provider,
    baseUrl: config.SLIPSTREAM_ANSWER_MODEL_URL,
    apiKey: config.SLIPSTREAM_ANSWER_MODEL_API_KEY,
    model: config.SLIPSTREAM_ANSWER_MODEL,
    timeoutMs: config.SLIPSTREAM_MODEL_TIMEOUT_MS,
    openMs: config.SLIPSTREAM_MODEL_OPEN_MS,
  });
}
