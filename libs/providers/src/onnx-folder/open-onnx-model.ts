import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadOnnxRuntime } from '../use-lite-onnx/load-onnxruntime.ts';
import type { ModelFolder } from './model-folder.ts';

/** As much of @huggingface/tokenizers as is used; the package is no dependency. */
interface Tokenizers {
  readonly Tokenizer: new (
    tokenizer: object,
    config: object,
  ) => {
    encode(
      text: string,
      options: { text_pair?: string; return_token_type_ids: true },
    ): { readonly ids: readonly number[]; readonly token_type_ids?: readonly number[] };
  };
}

/** A text, or two that are read together. */
export type ModelInput = readonly [text: string, pair?: string];

export interface ModelOutput {
  readonly data: Float32Array;
  /** Rows, and if it is one vector per token, tokens: then the length of a vector. */
  readonly dims: readonly number[];
  /** Tokens of each row that are not filling. */
  readonly lengths: readonly number[];
}

/** A text of this many characters per token is cut before the tokenizer reads it. */
const CHARS_PER_TOKEN = 16;

/** Loads a model in this thread. It gives the first of its outputs that is asked for and there. */
export async function openOnnxModel(
  { folder, model, maxTokens, runtime, tokenizers }: ModelFolder,
  outputs: readonly string[],
): Promise<(inputs: readonly ModelInput[]) => Promise<ModelOutput>> {
  const { InferenceSession, Tensor } = loadOnnxRuntime(runtime);
  const { Tokenizer } = createRequire(tokenizers)(tokenizers) as Tokenizers;
  const read = async (name: string): Promise<object> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  const tokenizer = new Tokenizer(
    await read('tokenizer.json'),
    await read('tokenizer_config.json'),
  );
  const session = await InferenceSession.create(model, {
    // One core for each thread of ours: the setting says how many.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const output = outputs.find((name) => session.outputNames.includes(name));
  if (output === undefined)
    throw new Error(
      `${model} gives ${session.outputNames.join(', ')}; one of ${outputs.join(', ')} is needed`,
    );

  /** Cut to what the model reads, its last token kept: it says that the text ends. */
  const cut = (tokens: readonly number[]): readonly number[] =>
    tokens.length <= maxTokens ? tokens : [...tokens.slice(0, maxTokens - 1), tokens.at(-1) ?? 0];

  return async (inputs) => {
    const most = maxTokens * CHARS_PER_TOKEN;
    const encoded = inputs.map(([text, pair]) => {
      // A tokenizer that puts nothing around a text does not tell first from second ones.
      const { ids, token_type_ids: types = ids.map(() => 0) } = tokenizer.encode(
        text.slice(0, most),
        {
          ...(pair !== undefined && { text_pair: pair.slice(0, most) }),
          return_token_type_ids: true,
        },
      );
      return { ids: cut(ids), types: cut(types) };
    });
    const lengths = encoded.map(({ ids }) => ids.length);
    const width = Math.max(1, ...lengths);
    const rows = (valueAt: (row: number, at: number) => number): bigint[] =>
      inputs.flatMap((_, row) =>
        Array.from({ length: width }, (_at, at) => BigInt(valueAt(row, at))),
      );
    const values: Record<string, () => bigint[]> = {
      input_ids: () => rows((row, at) => encoded[row]?.ids[at] ?? 0),
      attention_mask: () => rows((row, at) => Number(at < (lengths[row] ?? 0))),
      token_type_ids: () => rows((row, at) => encoded[row]?.types[at] ?? 0),
    };
    const feeds = session.inputNames.map((name) => {
      const valuesOf = values[name];
      if (!valuesOf) throw new Error(`${model} wants the input ${name}, which is not known here`);
      const data = BigInt64Array.from(valuesOf());
      return [name, new Tensor('int64', data, [inputs.length, width])] as const;
    });
    const result = (await session.run(Object.fromEntries(feeds)))[output];
    if (!(result?.data instanceof Float32Array)) throw new Error(`${output} is no list of floats`);
    return { data: result.data, dims: result.dims, lengths };
  };
}
