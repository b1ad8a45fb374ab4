import { expect, test } from 'vitest';
import { isLoopback, readConfig } from './config.ts';

test('without settings it listens on this machine only', () => {
  expect(readConfig({})).toMatchObject({ SLIPSTREAM_HOST: '127.0.0.1', SLIPSTREAM_PORT: 8080 });
});

test('an address that others reach needs a word more', () => {
  expect(() => readConfig({ SLIPSTREAM_HOST: '0.0.0.0' })).toThrow(/SLIPSTREAM_ALLOW_OPEN=true/);
  const open = { SLIPSTREAM_HOST: '0.0.0.0', SLIPSTREAM_ALLOW_OPEN: 'true' };
  expect(readConfig(open).SLIPSTREAM_ALLOW_OPEN).toBe(true);
});

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['localhost', true],
  ['::1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.4', false],
  ['docs.example.com', false],
])('%s is loopback: %s', (host, expected) => {
  expect(isLoopback(host)).toBe(expected);
});

test('an allow list that cannot be read is an error that names the setting', () => {
  expect(() => readConfig({ SLIPSTREAM_SCRAPE_ALLOW: '10.0.0.0/99' })).toThrow(
    /SLIPSTREAM_SCRAPE_ALLOW: '10\.0\.0\.0\/99'/,
  );
});
