import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { complete, findMissing, platformOf } from './complete-lock.mjs';

const file = join(import.meta.dirname, '../../package-lock.json');
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
  packages: Record<string, { integrity?: string; resolved?: string; link?: true; optional?: true }>;
};
const installed = Object.entries(packages).filter(([path]) => path.includes('node_modules/'));

test('the lock has an entry for the packages of every platform', () => {
  const missing = findMissing(packages).map(({ name }) => name);
  expect(missing, 'run `node tools/lock/complete-lock.mjs`').toEqual([]);
});

test('every package that is not bound to a platform is locked with its checksum', () => {
  const unchecked = installed.filter(
    ([, entry]) => !entry.link && !entry.optional && !entry.integrity?.startsWith('sha512-'),
  );
  expect(unchecked).toEqual([]);
});

test('the lock names no registry', () => {
  const bound = installed.filter(([, { resolved }]) => resolved?.includes('://'));
  expect(bound).toEqual([]);
});

test.each([
  ['@nx/nx-linux-arm64-musl', { cpu: ['arm64'], os: ['linux'], libc: ['musl'] }],
  ['@lancedb/lancedb-linux-x64-gnu', { cpu: ['x64'], os: ['linux'], libc: ['glibc'] }],
  ['@nx/nx-linux-arm-gnueabihf', { cpu: ['arm'], os: ['linux'], libc: ['glibc'] }],
  ['@oxc-parser/binding-win32-ia32-msvc', { cpu: ['ia32'], os: ['win32'] }],
  ['fsevents', {}],
])('the platform of %s is read from its name', (name, platform) => {
  expect(platformOf(name, '1.2.3')).toEqual({ version: '1.2.3', ...platform, optional: true });
});

test('a missing package is added at the top, and below its user where another version is there', () => {
  const lock = {
    'node_modules/a': { version: '1.0.0', dev: true, optionalDependencies: { 'x-linux': '2.0.0' } },
    'node_modules/b': { version: '1.0.0', optionalDependencies: { 'x-linux': '3.0.0' } },
  };
  const added = { version: '2.0.0', os: ['linux'], optional: true, dev: true };
  expect(complete(lock)).toEqual({
    ...lock,
    'node_modules/x-linux': added,
    'node_modules/b/node_modules/x-linux': { version: '3.0.0', os: ['linux'], optional: true },
  });
  expect(findMissing(complete(lock))).toEqual([]);
});
