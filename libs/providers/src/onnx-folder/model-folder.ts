import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { acceleratorsFolder, ConfigError, findAccelerator } from '@slipstream/config';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

/** A model as Hugging Face exports it, and where the packages are that run it. */
export interface ModelFolder {
  /** `bge-small-en-v1.5`: the last part of the path. */
  readonly name: string;
  readonly folder: string;
  /** The ONNX file. */
  readonly model: string;
  /** Length of its hidden vectors. */
  readonly hiddenSize: number;
  /** Tokens that it reads. */
  readonly maxTokens: number;
  /** Which token stands for a text: the first, or the mean of all. */
  readonly pooling: 'cls' | 'mean';
  /** Entry files. */
  readonly runtime: string;
  readonly tokenizers: string;
}

const Config = Type.Object({
  hidden_size: Type.Integer({ minimum: 1 }),
  max_position_embeddings: Type.Integer({ minimum: 8 }),
});
const Pooling = Type.Object({ pooling_mode_cls_token: Type.Optional(Type.Boolean()) });

/** What BERT-like models are trained with; longer ones would make a question wait. */
const MOST_TOKENS = 512;

/**
 * Reads what is known of a model before it is loaded: `config.json`, `tokenizer.json`,
 * `tokenizer_config.json`, `model.onnx` or `onnx/model.onnx`, and if there is one
 * `1_Pooling/config.json`. Throws a ConfigError that names the setting and what is missing.
 */
export function readModelFolder(
  setting: string,
  path: string | undefined,
  accelerators = acceleratorsFolder,
): ModelFolder {
  const fail = (what: string): never => {
    throw new ConfigError(`${setting} is ${path}, but ${what}`);
  };
  if (path === undefined) throw new ConfigError(`${setting} is missing: the folder of a model`);
  const folder = resolve(path);
  const runtime = findAccelerator('onnxruntime', 'onnxruntime-node', accelerators);
  const tokenizers = findAccelerator('local-models', '@huggingface/tokenizers', accelerators);
  if (runtime === undefined || tokenizers === undefined)
    return fail(
      `what runs it is not in ${accelerators}. Add it: npm run add -- onnxruntime local-models`,
    );
  const needed = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
  const missing = needed.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) return fail(`${missing.join(' and ')} are not in it`);
  const model = ['model.onnx', 'onnx/model.onnx']
    .map((name) => join(folder, name))
    .find((file) => existsSync(file));
  if (model === undefined) return fail('neither model.onnx nor onnx/model.onnx is in it');
  const config = readJson(Config, join(folder, 'config.json'));
  if (!config) return fail('its config.json lacks hidden_size or max_position_embeddings');
  const pooling = readJson(Pooling, join(folder, '1_Pooling/config.json'));
  return {
    name: basename(folder),
    folder,
    model,
    hiddenSize: config.hidden_size,
    maxTokens: Math.min(config.max_position_embeddings, MOST_TOKENS),
    pooling: pooling?.pooling_mode_cls_token ? 'cls' : 'mean',
    runtime,
    tokenizers,
  };
}

function readJson<Schema extends typeof Config | typeof Pooling>(
  schema: Schema,
  file: string,
): Static<Schema> | undefined {
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return Value.Check(schema, value) ? (value as Static<Schema>) : undefined;
}
