import { acceleratorSettings } from '@slipstream/config';
import { type Static, Type } from 'typebox';
import type { AnswerModel } from './answer-model.ts';
import { type AnswerProvider, answerModels, createAnswerModel } from './answer-models.ts';
import type { Embedder } from './embedder.ts';
import { createEmbedder, type EmbedderProvider, embedders } from './embedders.ts';

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

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
};

const EmbedderConfig = Type.Object(embedderSettings);

/** The embedder that the settings name. Rejects as `createEmbedder` does. */
export const embedderFrom = (
  config: Static<typeof EmbedderConfig>,
  threads = config.SLIPSTREAM_EMBEDDER_THREADS,
): Promise<Embedder> =>
  createEmbedder({
    provider: config.SLIPSTREAM_EMBEDDER,
    baseUrl: config.SLIPSTREAM_EMBEDDER_URL,
    apiKey: config.SLIPSTREAM_EMBEDDER_API_KEY,
    model: config.SLIPSTREAM_EMBEDDER_MODEL,
    dimensions: config.SLIPSTREAM_EMBEDDER_DIMENSIONS,
    threads,
    accelerators: config.SLIPSTREAM_ACCELERATORS_DIR,
  });

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
};

const AnswerConfig = Type.Object(answerSettings);

/** The answer model that the settings name, or undefined for extractive answers. */
export async function answerModelFrom(
  config: Static<typeof AnswerConfig>,
): Promise<AnswerModel | undefined> {
  const provider = config.SLIPSTREAM_ANSWER_MODEL_PROVIDER;
  if (provider === 'extractive') return undefined;
  return createAnswerModel({
    provider,
    baseUrl: config.SLIPSTREAM_ANSWER_MODEL_URL,
    apiKey: config.SLIPSTREAM_ANSWER_MODEL_API_KEY,
    model: config.SLIPSTREAM_ANSWER_MODEL,
  });
}
