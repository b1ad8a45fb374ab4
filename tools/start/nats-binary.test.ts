import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findMirror } from './debian-apt.mjs';
import { findNatsServer } from './nats-binary.mjs';
import { releaseName } from './nats-release.mjs';

test('an old nats-server on the PATH gives way to the one in the cache', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nats-binary-'));
  await using _cleanup = {
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
  for (const [path, version] of [
    ['bin/nats-server', '2.9.10'],
    ['cache/nats-server-2.15.1/nats-server', '2.15.1'],
  ] as const) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), `#!/bin/sh\necho nats-server: v${version}\n`);
    await chmod(join(folder, path), 0o755);
  }
  const found = await findNatsServer(join(folder, 'cache'), { PATH: join(folder, 'bin') });
  expect(found).toEqual({
    binary: join(folder, 'cache/nats-server-2.15.1/nats-server'),
    summary: '2.15.1, from the cache',
  });
});

test.each([
  ['linux', 'x64', 'nats-server-v2.15.1-linux-amd64'],
  ['darwin', 'arm64', 'nats-server-v2.15.1-darwin-arm64'],
  ['win32', 'x64', 'nats-server-v2.15.1-windows-amd64'],
])('%s on %s takes the release %s', (platform, arch, name) => {
  expect(releaseName(platform, arch)).toBe(name);
});

test('a platform without a release is named', () => {
  expect(() => releaseName('sunos', 'x64')).toThrow('has nothing for sunos on x64');
});

test('the mirror is the one that has the release and its updates', () => {
  const uris = [
    "'https://packages.example.org/debian/dists/bookworm/InRelease' a 0 ",
    "'http://mirror.example.org/debian/dists/bookworm/InRelease' b 0 ",
    "'http://mirror.example.org/debian/dists/bookworm-updates/InRelease' c 0 ",
    "'http://mirror.example.org/debian-security/dists/bookworm-security/InRelease' d 0 ",
  ].join('\n');
  expect(findMirror(uris, 'bookworm')).toBe('http://mirror.example.org/debian');
  expect(findMirror(uris, 'trixie')).toBeUndefined();
});
