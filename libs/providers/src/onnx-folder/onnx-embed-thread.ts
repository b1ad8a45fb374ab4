import { workerData } from 'node:worker_threads';
import { serveTexts } from '../use-lite/serve-texts.ts';
import type { ModelFolder } from './model-folder.ts';
import { type ModelOutput, openOnnxModel } from './open-onnx-model.ts';

const folder = workerData as ModelFolder;
const run = await openOnnxModel(folder, ['sentence_embedding', 'last_hidden_state']);

await serveTexts(async (texts) => {
  const output = await run(texts.map((text) => [text]));
  return texts.map((_, row) => vectorOf(output, row));
}, Number.POSITIVE_INFINITY);

function vectorOf({ data, dims, lengths }: ModelOutput, row: number): Float32Array {
  const size = folder.hiddenSize;
  if (dims.length === 2) return data.slice(row * size, (row + 1) * size);
  const width = dims[1] ?? 0;
  const first = row * width * size;
  const vector = data.slice(first, first + size);
  if (folder.pooling === 'cls') return vector;
  for (let token = 1; token < (lengths[row] ?? 0); token++)
    for (let at = 0; at < size; at++)
      vector[at] = (vector[at] ?? 0) + (data[first + token * size + at] ?? 0);
  // The mean has the same direction as the sum, and its length is made 1 anyway.
  return vector;
}
