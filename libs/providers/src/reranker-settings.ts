import { acceleratorSettings } from '@slipstream/config';
import { policies } from '@slipstream/resilience';
import { type Static, Type } from 'typebox';
import { text } from './model-settings.ts';
import { need } from './need.ts';
import { createOnnxReranker } from './onnx-folder/onnx-reranker.ts';
import { createRerankEndpoint } from './rerank/rerank-endpoint.ts';
import { cohereShape, teiShape } from './rerank/rerank-shapes.ts';
import type { Reranker } from './reranker.ts';

/** Who orders what was found anew, before it is answered from. */
export const rerankerSettings = {
  SLIPSTREAM_RERANKER: Type.Enum(['features', 'endpoint', 'tei', 'onnx-folder'], {
    default: 'features',
    description:
      'Who orders hits anew: features of their text, a cross-encoder behind POST /rerank as Cohere has it (endpoint) or as Text Embeddings Inference does (tei), or one in a folder of this machine',
  }),
  SLIPSTREAM_RERANKER_URL: text(
    'Base URL of the rerank server, with /v1 if it has one; /rerank is added',
  ),
  SLIPSTREAM_RERANKER_API_KEY: text('Its API key, if it wants one'),
  SLIPSTREAM_RERANKER_MODEL: text('Name of the rerank model there; tei needs none'),
  SLIPSTREAM_RERANKER_FOLDER: text('Folder of the cross-encoder of onnx-folder'),
  SLIPSTREAM_RERANKER_TIMEOUT_MS: Type.Integer({
    default: policies.reranker.timeoutMs,
    minimum: 10,
    description: 'After this time the order by features is taken, ms',
  }),
  SLIPSTREAM_RERANKER_OPEN_MS: Type.Integer({
    default: policies.reranker.openMs,
    minimum: 100,
    description: `How long the server is left alone after ${policies.reranker.failures} failures in a row, ms`,
  }),
  ...acceleratorSettings,
};

const Config = Type.Object(rerankerSettings);

/** The reranker that the settings name; undefined: the features of the text alone. */
export function rerankerFrom(config: Static<typeof Config>): Reranker | undefined {
  if (config.SLIPSTREAM_RERANKER === 'features') return undefined;
  const common = {
    timeoutMs: config.SLIPSTREAM_RERANKER_TIMEOUT_MS,
    openMs: config.SLIPSTREAM_RERANKER_OPEN_MS,
  };
  if (config.SLIPSTREAM_RERANKER === 'onnx-folder') {
    return createOnnxReranker({
      ...common,
      folder: config.SLIPSTREAM_RERANKER_FOLDER,
      accelerators: config.SLIPSTREAM_ACCELERATORS_DIR,
    });
  }
  const server = { apiKey: config.SLIPSTREAM_RERANKER_API_KEY, ...common };
  if (config.SLIPSTREAM_RERANKER === 'tei') {
    const [baseUrl] = need(config, 'SLIPSTREAM_RERANKER', ['SLIPSTREAM_RERANKER_URL']);
    const id = config.SLIPSTREAM_RERANKER_MODEL ?? 'tei';
    return createRerankEndpoint({ ...server, baseUrl, id, shape: teiShape });
  }
  const [baseUrl, id] = need(config, 'SLIPSTREAM_RERANKER', [
    'SLIPSTREAM_RERANKER_URL',
    'SLIPSTREAM_RERANKER_MODEL',
  ]);
  return createRerankEndpoint({ ...server, baseUrl, id, shape: cohereShape(id) });
}
