import { acceleratorSettings } from '@slipstream/config';
import type { Bus } from '@slipstream/jetstream';
import { type Static, Type } from 'typebox';
import type { Embedder } from './embedder.ts';
import { createEmbedder, type EmbedderProvider, embedders } from './embedders.ts';
import { modelSettings, text } from './model-settings.ts';
import { need } from './need.ts';
import type { EmbedderSpec } from './switch/embedder-record.ts';
import { type Embedders, type EmbeddersOptions, openEmbedders } from './switch/open-embedders.ts';

/** The settings of the embedder, for every service that has one. They must be the same in all. */
export const embedderSettings = {
  SLIPSTREAM_EMBEDDER: Type.Enum(Object.keys(embedders) as EmbedderProvider[], {
    default: 'use-lite',
    description:
      'Who turns texts into vectors; use-lite needs no network and no key, use-lite-onnx is the same model, faster, after `npm run add -- onnxruntime`; onnx-folder runs a model of yours, after `npm run add -- onnxruntime local-models`',
  }),
  SLIPSTREAM_EMBEDDER_URL: text('Base URL of the OpenAI-compatible server, with /v1'),
  SLIPSTREAM_EMBEDDER_API_KEY: text('Its API key, if it wants one'),
  SLIPSTREAM_EMBEDDER_MODEL: text('Name of the embedding model there'),
  SLIPSTREAM_EMBEDDER_FOLDER: text('Folder of the sentence model of onnx-folder'),
  SLIPSTREAM_EMBEDDER_VERSION: text(
    'What the name does not say: a revision, a quantisation. A change of it is another embedder',
  ),
  SLIPSTREAM_EMBEDDER_DIMENSIONS: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 8_192, description: 'Length of its vectors' }),
  ),
  SLIPSTREAM_EMBEDDER_QUERY_PREFIX: text('Put before each query, as E5 and Nomic models want it'),
  SLIPSTREAM_EMBEDDER_PASSAGE_PREFIX: text('Put before each passage'),
  SLIPSTREAM_EMBEDDER_OLD_API_KEY: text(
    'API key of the embedder before a change, when it is at another address, until the switch',
  ),
  SLIPSTREAM_EMBEDDER_THREADS: Type.Integer({
    default: 1,
    minimum: 1,
    maximum: 64,
    description:
      'Threads of use-lite and use-lite-onnx; each takes a core and 150 MB while it works',
  }),
  ...acceleratorSettings,
  ...modelSettings,
};

const EmbedderConfig = Type.Object(embedderSettings);

type EmbedderConfig = Static<typeof EmbedderConfig>;

/** The embedder that the settings name. Rejects with a ConfigError when it lacks one of them. */
export async function embedderFrom(
  config: EmbedderConfig,
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
    ...specOf(config),
    apiKey: config.SLIPSTREAM_EMBEDDER_API_KEY,
    ...localSettings(config, threads),
  });
}

const specOf = (config: EmbedderConfig): Omit<EmbedderSpec, 'id'> => ({
  provider: config.SLIPSTREAM_EMBEDDER,
  baseUrl: config.SLIPSTREAM_EMBEDDER_URL,
  model: config.SLIPSTREAM_EMBEDDER_MODEL,
  folder: config.SLIPSTREAM_EMBEDDER_FOLDER,
  version: config.SLIPSTREAM_EMBEDDER_VERSION,
  dimensions: config.SLIPSTREAM_EMBEDDER_DIMENSIONS,
  queryPrefix: config.SLIPSTREAM_EMBEDDER_QUERY_PREFIX,
  passagePrefix: config.SLIPSTREAM_EMBEDDER_PASSAGE_PREFIX,
});

/** What belongs to this process and not to the vectors. */
const localSettings = (config: EmbedderConfig, threads: number) => ({
  threads,
  accelerators: config.SLIPSTREAM_ACCELERATORS_DIR,
  timeoutMs: config.SLIPSTREAM_MODEL_TIMEOUT_MS,
  openMs: config.SLIPSTREAM_MODEL_OPEN_MS,
});

/**
 * `wanted`, and beside it the embedder that is searched until the switch: made from the record of
 * its settings, with the key of the new one when both are at the same address.
 */
export const embeddersFrom = (
  bus: Bus,
  wanted: Embedder,
  config: EmbedderConfig,
  options: Pick<EmbeddersOptions, 'onSwitch' | 'onError'> & {
    readonly threads?: number;
    /** What is put around each embedder. Default: nothing. */
    readonly wrap?: (embedder: Embedder) => Embedder;
  },
): Promise<Embedders> => {
  const { threads = config.SLIPSTREAM_EMBEDDER_THREADS, wrap = (embedder) => embedder } = options;
  return openEmbedders(bus, {
    ...options,
    wanted: wrap(wanted),
    spec: { id: wanted.info.id, ...specOf(config) },
    create: async ({ id: _id, ...spec }) => {
      const isHere = spec.baseUrl === config.SLIPSTREAM_EMBEDDER_URL;
      const old = await createEmbedder({
        ...spec,
        // The same weights and vectors, whether the accelerator is still there or not.
        provider: spec.provider === 'use-lite-onnx' ? 'use-lite' : spec.provider,
        apiKey: isHere
          ? config.SLIPSTREAM_EMBEDDER_API_KEY
          : config.SLIPSTREAM_EMBEDDER_OLD_API_KEY,
        ...localSettings(config, threads),
      });
      return wrap(old);
    },
  });
};
