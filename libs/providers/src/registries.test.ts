import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerModels, createAnswerModel } from './answer-models.ts';
import { createEmbedder, embedders } from './embedders.ts';

const remote = { baseUrl: 'http://127.0.0.1:9/v1', model: 'm', dimensions: 8 };

const plain = Object.keys(embedders).filter(
  (name) => name !== 'use-lite-onnx' && name !== 'onnx-folder',
);

test.each(plain as (keyof typeof embedders)[])(
  'the embedder %s is made from plain settings, before anything is loaded or called',
  async (provider) => {
    await using embedder = await createEmbedder({ provider, ...remote });
    expect(embedder.info).toMatchObject({ normalized: true, dimensions: expect.any(Number) });
  },
);

test('an embedder without its accelerator names the command that adds it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'accelerators-'));
  const settings = { provider: 'use-lite-onnx', accelerators: folder.path } as const;
  await expect(createEmbedder(settings)).rejects.toMatchObject({
    name: 'ConfigError',
    message: expect.stringMatching(/^[^\n]*npm run add -- onnxruntime$/),
  });
});

test.each(Object.keys(answerModels) as (keyof typeof answerModels)[])(
  'the answer model %s is made from plain settings',
  async (provider) => {
    expect(await createAnswerModel({ provider, ...remote })).toMatchObject({ id: 'm' });
  },
);

test('a missing setting is named', async () => {
  await expect(createAnswerModel({ provider: 'openai-compatible' })).rejects.toThrow(
    'needs the setting baseUrl',
  );
});
