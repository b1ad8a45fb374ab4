import { expect, test } from 'vitest';
import { findVersion, isAtLeast } from './versions.mjs';

test.each([
  ['2.12.0', '2.12.0', true],
  ['2.15.1', '2.12.0', true],
  ['2.9.25', '2.12.0', false],
  ['3.0.0', '2.12.0', true],
  ['24.10.9', '24.11.0', false],
])('%s is at least %s: %s', (version, least, answer) => {
  expect(isAtLeast(version, least)).toBe(answer);
});

test('a version is found in what a program says of itself', () => {
  expect(findVersion('nats-server: v2.15.1-RC.1')).toBe('2.15.1');
  expect(findVersion('no number')).toBeUndefined();
});
