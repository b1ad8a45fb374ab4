import { mkdtempDisposable, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccelerators } from '../../test/add-accelerators.ts';
import { DIMENSIONS, vocabulary, writeTinyModel } from '../../test/tiny-model.ts';
import { createOnnxFolderEmbedder } from './onnx-folder-embedder.ts';
import { createOnnxReranker } from './onnx-reranker.ts';

const stack = new AsyncDisposableStack();
let dir: string;
const at = (name: string) => join(dir, name);
beforeAll(async () => {
  await addAccelerators('onnxruntime', 'local-models');
  dir = stack.use(await mkdtempDisposable(join(tmpdir(), 'models-'))).path;
  await writeTinyModel(at('tiny'), 'embedding');
  await writeTinyModel(at('first-token'), 'embedding', { pooling: 'cls' });
  await writeTinyModel(at('short'), 'embedding', { maxTokens: 8 });
  await writeTinyModel(at('cross'), 'cross-encoder');
}, 120_000);
afterAll(() => stack.disposeAsync());

/** The direction of these words together, as the tiny model has it. */
function directionOf(...words: string[]): number[] {
  const sum = vocabulary.map((word) => words.filter((one) => one === word).length);
  const length = Math.hypot(...sum);
  return sum.map((x) => x / length);
}

const near = (vector: Float32Array | undefined, expected: readonly number[]) =>
  expect([...(vector ?? [])].map((x) => Math.round(x * 1e5) / 1e5)).toEqual(
    expected.map((x) => Math.round(x * 1e5) / 1e5),
  );

test('a text is the mean of its tokens, alone and beside a longer one', async () => {
  await using embedder = createOnnxFolderEmbedder({ folder: at('tiny'), version: '2' });
  expect(embedder.info).toMatchObject({ id: `tiny@2@${DIMENSIONS}`, dimensions: DIMENSIONS });
  const { vectors } = await embedder.embed(['red apple', 'What is red is red'], 'passage');
  near(vectors[0], directionOf('[CLS]', 'red', 'apple', '[SEP]'));
  near(vectors[1], directionOf('[CLS]', 'what', 'is', 'red', 'is', 'red', '[SEP]'));
});

test('a model that says so stands for a text by its first token', async () => {
  await using embedder = createOnnxFolderEmbedder({ folder: at('first-token') });
  const { vectors } = await embedder.embed(['red apple'], 'query');
  near(vectors[0], directionOf('[CLS]'));
});

test('queries and passages get their prefixes, and a word that is unknown a vector too', async () => {
  await using embedder = createOnnxFolderEmbedder({
    folder: at('tiny'),
    queryPrefix: 'query: ',
    passagePrefix: 'passage: ',
  });
  const [query] = (await embedder.embed(['zebra'], 'query')).vectors;
  near(query, directionOf('[CLS]', 'query', ':', '[UNK]', '[SEP]'));
  const [passage] = (await embedder.embed(['sky'], 'passage')).vectors;
  near(passage, directionOf('[CLS]', 'passage', ':', 'sky', '[SEP]'));
});

test('a text is cut to what the model reads, and still ends', async () => {
  await using embedder = createOnnxFolderEmbedder({ folder: at('short') });
  const [vector] = (await embedder.embed([`red ${'blue '.repeat(5_000)}`], 'passage')).vectors;
  near(vector, directionOf('[CLS]', 'red', ...Array(5).fill('blue'), '[SEP]'));
});

test('a cross-encoder scores each passage with the question, in their order', async () => {
  await using reranker = createOnnxReranker({ folder: at('cross'), timeoutMs: 20_000 });
  const passages = ['blue sky', 'red', 'red red red', ...Array(20).fill('apple')];
  const scores = await reranker.score('red red what is red', passages);
  expect(reranker.id).toBe('cross');
  const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
  const expected = [0, 1, 3, ...Array(20).fill(0)].map(sigmoid);
  expect(scores).toHaveLength(expected.length);
  for (const [nth, score] of scores.entries()) expect(score).toBeCloseTo(expected[nth] ?? 0, 5);
});

test('a model that gives no scores is told by what it gives', async () => {
  await using reranker = createOnnxReranker({ folder: at('tiny'), timeoutMs: 20_000 });
  await expect(reranker.score('red', ['red'])).rejects.toThrow(
    /model.onnx gives last_hidden_state; one of logits is needed$/,
  );
});

test('what is missing is told with its setting before anything is loaded', async () => {
  const open = (folder: string, accelerators?: string) => () =>
    createOnnxFolderEmbedder({ folder, accelerators });
  expect(open(at('nowhere'))).toThrow(
    /^SLIPSTREAM_EMBEDDER_FOLDER is .*nowhere, but config.json and tokenizer.json and/,
  );
  expect(open(at('tiny'), dir)).toThrow(/Add it: npm run add -- onnxruntime local-models$/);
  await writeTinyModel(at('half'), 'embedding');
  await rm(at('half/onnx'), { recursive: true });
  expect(open(at('half'))).toThrow('neither model.onnx nor onnx/model.onnx is in it');
});
