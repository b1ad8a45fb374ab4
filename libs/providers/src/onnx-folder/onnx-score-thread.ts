import { workerData } from 'node:worker_threads';
import { serveRequests } from '../use-lite/serve-texts.ts';
import type { ModelFolder } from './model-folder.ts';
import { type ModelInput, openOnnxModel } from './open-onnx-model.ts';

/** Passages of one run: a long one makes the others as long. */
const BATCH = 8;

const run = await openOnnxModel(workerData as ModelFolder, ['logits']);

await serveRequests<readonly ModelInput[], number[]>(async (pairs) => {
  const scores: number[] = [];
  for (let at = 0; at < pairs.length; at += BATCH) {
    const { data, dims } = await run(pairs.slice(at, at + BATCH));
    if (dims[1] !== 1) throw new Error(`a cross-encoder gives one number, this model ${dims[1]}`);
    for (const logit of data) scores.push(1 / (1 + Math.exp(-logit)));
  }
  return scores;
});
