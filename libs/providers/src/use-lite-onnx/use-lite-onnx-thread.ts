import { workerData } from 'node:worker_threads';
import { serveTexts } from '../use-lite/serve-texts.ts';
import { createTokenizer } from '../use-lite/tokenizer.ts';
import { DIMENSIONS, MAX_TOKENS } from '../use-lite/use-lite-layers.ts';
import { readUseLiteWeights } from '../use-lite/use-lite-weights.ts';
import { loadOnnxRuntime } from './load-onnxruntime.ts';
import { writeOnnx } from './onnx-writer.ts';
import { useLiteGraph } from './use-lite-graph.ts';

const { InferenceSession, Tensor } = loadOnnxRuntime(workerData as string);
const weights = await readUseLiteWeights();
const session = await InferenceSession.create(writeOnnx(useLiteGraph(weights)), {
  // One core for each thread of ours, as with WebAssembly: the setting says how many.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const tokensOf = createTokenizer(weights.vocabulary);

await serveTexts(async (texts) => {
  const tokens = texts.map((text) => tokensOf(text).slice(0, MAX_TOKENS));
  const width = Math.max(1, ...tokens.map(({ length }) => length));
  const ids = new BigInt64Array(texts.length * width);
  const mask = new Float32Array(texts.length * width);
  for (const [row, list] of tokens.entries()) {
    ids.set(list.map(BigInt), row * width);
    mask.fill(1, row * width, row * width + list.length);
  }
  const positions = BigInt64Array.from({ length: width }, (_, position) => BigInt(position));
  const { vectors } = await session.run({
    ids: new Tensor('int64', ids, [texts.length, width]),
    mask: new Tensor('float32', mask, [texts.length, width]),
    positions: new Tensor('int64', positions, [width]),
  });
  const rows = vectors?.data;
  if (!(rows instanceof Float32Array)) throw new Error('ONNX Runtime gave no vectors');
  return texts.map((_, row) => rows.slice(row * DIMENSIONS, (row + 1) * DIMENSIONS));
});
