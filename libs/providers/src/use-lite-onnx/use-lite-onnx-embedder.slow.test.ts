import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccelerators } from '../../test/add-accelerators.ts';
import type { Embedder } from '../embedder.ts';
import { createUseLiteEmbedder } from '../use-lite/use-lite-embedder.ts';
import { createUseLiteOnnxEmbedder } from './use-lite-onnx-embedder.ts';

const stack = new AsyncDisposableStack();
let onnx: Embedder;
let webAssembly: Embedder;
beforeAll(async () => {
  await addAccelerators('onnxruntime');
  onnx = stack.use(createUseLiteOnnxEmbedder());
  webAssembly = stack.use(createUseLiteEmbedder());
}, 120_000);
afterAll(() => stack.disposeAsync());

const cosine = (a: Float32Array | undefined, b: Float32Array | undefined) => {
  if (!a || !b) throw new Error('a vector is missing');
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
};

const texts = [
  'How do I restore the factory settings?',
  'x',
  '',
  '\n',
  'Naïve café, 日本語, ☃ and 12,5 kΩ',
  '| Item | Value |\n| --- | --- |\n| Battery | 3,000 mAh |',
  'Press and hold the power button for ten seconds, then release it. '.repeat(7),
  'The mixer has eight channels with an equalizer each. '.repeat(60),
];

test('the vectors are those of WebAssembly, whatever the text, so the two share one space', async () => {
  const [ours, theirs] = await Promise.all(
    [onnx, webAssembly].map((embedder) => embedder.embed(texts, 'passage')),
  );
  expect(onnx.info).toEqual(webAssembly.info);
  for (const [i, text] of texts.entries()) {
    const same = cosine(ours?.vectors[i], theirs?.vectors[i]);
    expect(same, `cosine for '${text.slice(0, 40)}'`).toBeGreaterThan(0.9999);
  }
});

test('a short text has the same vector alone and beside a long one', async () => {
  const [alone] = (await onnx.embed(['Open the lid.'], 'query')).vectors;
  const [beside] = (await onnx.embed(['Open the lid.', 'Close it. '.repeat(30)], 'query')).vectors;
  expect(cosine(alone, beside)).toBeGreaterThan(0.99999);
});

test('two threads have a model each', async () => {
  await using embedder = createUseLiteOnnxEmbedder({ threads: 2 });
  await embedder.warm();
  const { vectors } = await embedder.embed(texts, 'passage');
  expect(vectors.map(({ length }) => length)).toEqual(texts.map(() => 512));
});
