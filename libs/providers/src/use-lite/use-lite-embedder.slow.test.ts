import { afterAll, expect, test } from 'vitest';
import { createUseLiteEmbedder } from './use-lite-embedder.ts';

// One model for all tests: it takes about 120 MB.
const embedder = createUseLiteEmbedder();
afterAll(() => embedder[Symbol.asyncDispose]());

const embed = async (...texts: readonly string[]) =>
  (await embedder.embed(texts, 'passage')).vectors;

const cosine = (a: Float32Array | undefined, b: Float32Array | undefined) => {
  if (!a || !b) throw new Error('a vector is missing');
  return a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
};

test('a paraphrase is nearer than an unrelated sentence', async () => {
  const [question, paraphrase, unrelated] = await embed(
    'How do I restore the factory settings?',
    'What is the way to reset the device to its defaults?',
    'The invoice is due within thirty days.',
  );
  expect(cosine(question, paraphrase)).toBeGreaterThan(cosine(question, unrelated) + 0.2);
});

test('vectors have 512 dimensions and length 1', async () => {
  const vectors = await embed('Press and hold the power button.', 'x', '\n');
  for (const vector of vectors) {
    expect(vector).toHaveLength(512);
    expect(cosine(vector, vector)).toBeCloseTo(1, 6);
  }
});

test('the same texts give the same vectors, as a query or as a passage', async () => {
  const texts = ['Connect the cable.', 'Charge the battery before first use.'];
  const again = await embedder.embed(texts, 'query');
  expect(again.vectors).toEqual(await embed(...texts));
});

test('vectors come in the order of the texts, whatever their length and company', async () => {
  const texts = Array.from({ length: 20 }, (_, i) => `Step ${i}. ${'Tighten it. '.repeat(20 - i)}`);
  const together = await embed(...texts);
  const alone = await Promise.all(texts.map(async (text) => (await embed(text))[0]));
  for (const [i, vector] of together.entries()) {
    expect(cosine(vector, alone[i])).toBeCloseTo(1, 5);
  }
});

test('an empty text has a vector and does not move the others', async () => {
  const [first, empty, last] = await embed('Open the lid.', '', 'Close the lid.');
  expect(empty).toHaveLength(512);
  expect(cosine(first, (await embed('Open the lid.'))[0])).toBeCloseTo(1, 5);
  expect(cosine(last, (await embed('Close the lid.'))[0])).toBeCloseTo(1, 5);
});

test('only the first 128 tokens count, so a very long text costs no more than a long one', async () => {
  const start = 'The mixer has eight channels with an equalizer each. '.repeat(60);
  const [long, veryLong] = await embed(start, start + 'Unplug it. '.repeat(9_000));
  expect(cosine(long, veryLong)).toBeCloseTo(1, 5);
});

test('no texts give no vectors', async () => {
  expect(await embedder.embed([], 'query')).toEqual({ vectors: [] });
});

test('an aborted call rejects with the reason of its signal', async () => {
  const signal = AbortSignal.abort(new Error('cancelled'));
  await expect(embedder.embed(['a'], 'passage', { signal })).rejects.toThrow('cancelled');
});
