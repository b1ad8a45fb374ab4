import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAccelerators } from '../../test/add-accelerators.ts';
import { writeUseLiteFolder } from '../../test/use-lite-folder.ts';
import type { Embedder } from '../embedder.ts';
import { createUseLiteEmbedder } from '../use-lite/use-lite-embedder.ts';
import { createOnnxFolderEmbedder } from './onnx-folder-embedder.ts';

const stack = new AsyncDisposableStack();
let folder: Embedder;
let bundled: Embedder;
beforeAll(async () => {
  await addAccelerators('onnxruntime', 'local-models');
  const dir = stack.use(await mkdtempDisposable(join(tmpdir(), 'real-model-'))).path;
  await writeUseLiteFolder(join(dir, 'use-lite'));
  folder = stack.use(createOnnxFolderEmbedder({ folder: join(dir, 'use-lite') }));
  bundled = stack.use(createUseLiteEmbedder({ threads: 1 }));
}, 120_000);
afterAll(() => stack.disposeAsync());

test('the weights of the bundled embedder, in a folder, give its vectors', async () => {
  const texts = [
    'How do I restore the factory settings?',
    'Which IP address does the Fell 12 take when there is no DHCP server?',
    'what does e120 mean',
    'The faders of the Fell 12 have a warranty of 1 year, registered or not.',
    '`beckctl reset --all` (needs an API key)',
    'Ein Satz in einer anderen Sprache.',
    'x',
    'Naïve café, 日本語, ☃ and 12,5 kΩ',
    '| Item | Value |\n| --- | --- |\n| Battery | 3,000 mAh |',
    'Press and hold the power button for ten seconds, then release it. '.repeat(7),
    'The mixer has eight channels with an equalizer each. '.repeat(60),
  ];
  const [ours, theirs] = await Promise.all(
    [folder, bundled].map((embedder) => embedder.embed(texts, 'passage')),
  );
  const cosines = texts.map((text, nth) => {
    const [a, b] = [ours?.vectors[nth], theirs?.vectors[nth]];
    if (!a || !b) throw new Error(`no vector for '${text}'`);
    return { text: text.slice(0, 40), cosine: a.reduce((sum, x, at) => sum + x * (b[at] ?? 0), 0) };
  });
  const least = Math.min(...cosines.map(({ cosine }) => cosine));
  expect(least, JSON.stringify(cosines)).toBeGreaterThan(0.99);
  // Only a text that is longer than the model reads is cut otherwise: it keeps its last token.
  expect(cosines.filter(({ cosine }) => cosine < 0.9999)).toHaveLength(1);
});
