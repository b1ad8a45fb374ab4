import { expect, test } from 'vitest';
import { findDiffering } from './packages.mjs';

const locked = {
  '': { version: '0.1.0' },
  'libs/a': { version: '0.0.0' },
  'node_modules/a': { resolved: 'libs/a', link: true },
  'node_modules/pino': { version: '10.4.0' },
  'node_modules/vitest': { version: '5.1.1', dev: true },
  'node_modules/sharp-darwin': { version: '1.0.0', optional: true },
};

test('without any package everything of the platform is missing', () => {
  expect(findDiffering(locked, {}, 'develop')).toEqual([
    'node_modules/a',
    'node_modules/pino',
    'node_modules/vitest',
  ]);
});

test('packages for development are not needed to run', () => {
  const installed = {
    'node_modules/a': { resolved: 'libs/a', link: true },
    'node_modules/pino': { version: '10.4.0' },
  };
  expect(findDiffering(locked, installed, 'run')).toEqual([]);
  expect(findDiffering(locked, installed, 'develop')).toEqual(['node_modules/vitest']);
});

test('another version than the locked one is replaced', () => {
  const installed = { ...locked, 'node_modules/pino': { version: '10.3.0' } };
  expect(findDiffering(locked, installed, 'run')).toEqual(['node_modules/pino']);
});

test('a package that somebody added by hand is left alone', () => {
  const installed = { ...locked, 'node_modules/extra': { version: '1.0.0' } };
  expect(findDiffering(locked, installed, 'develop')).toEqual([]);
});
