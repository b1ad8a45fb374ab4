import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findNatsServer } from './find-nats-server.ts';

async function makeExecutables(...names: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'find-'));
  for (const name of names) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), '#!/bin/sh\n');
    await chmod(join(root, name), 0o755);
  }
  return {
    root,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

test('the setting wins over the cache, and the cache over the PATH', async () => {
  await using files = await makeExecutables(
    '.cache/nats-server-2.15.1/nats-server',
    'bin/nats-server',
  );
  const PATH = join(files.root, 'bin');
  const cached = join(files.root, '.cache/nats-server-2.15.1/nats-server');
  expect(findNatsServer({ PATH, SLIPSTREAM_NATS_SERVER: '/opt/nats' }, files.root)).toBe(
    '/opt/nats',
  );
  expect(findNatsServer({ PATH }, files.root)).toBe(cached);
  expect(findNatsServer({ PATH }, PATH)).toBe(join(PATH, 'nats-server'));
});

test('where there is none, the error names the remedy', async () => {
  await using files = await makeExecutables();
  expect(() => findNatsServer({ PATH: files.root }, files.root)).toThrow(/SLIPSTREAM_NATS_SERVER/);
});
