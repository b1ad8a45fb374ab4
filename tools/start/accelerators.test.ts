import { mkdtempDisposable, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { accelerators, addOnnxRuntime } from './accelerators.mjs';
import { capture } from './run.mjs';

const add = resolve(import.meta.dirname, 'add.mjs');

test('without a name everything that can be added is listed, with what it gives', async () => {
  const { ok, out } = await capture(process.execPath, [add]);
  expect(ok).toBe(true);
  for (const { name, gives, size } of accelerators)
    expect(out).toMatch(new RegExp(`npm run add -- ${name} .*${size} .*${gives.slice(0, 20)}`));
});

test('an unknown name adds nothing and is answered by the list', async () => {
  const { ok, text } = await capture(process.execPath, [add, 'onnxruntime', 'warp-drive']);
  expect(ok).toBe(false);
  expect(text).toContain(
    "There is no 'warp-drive' to add. There is:\n  npm run add -- onnxruntime",
  );
});

test('a registry that cannot be reached is told, and leaves nothing behind', async () => {
  await using cache = await mkdtempDisposable(join(tmpdir(), 'cache-'));
  const env = {
    ...process.env,
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_cache: cache.path,
    npm_config_fetch_retries: '0',
  };
  await expect(addOnnxRuntime(cache.path, env)).rejects.toThrow(
    /^onnxruntime could not be added: .*run again: npm run add -- onnxruntime$/s,
  );
  expect(await readdir(join(cache.path, 'accelerators'))).toEqual([]);
});
