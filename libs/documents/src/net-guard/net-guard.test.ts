import { expect, test } from 'vitest';
import { AllowListError, checkUrl, isPublicAddress, parseAllowList } from './index.ts';
import { usableAddresses } from './usable-addresses.ts';

const nothing = parseAllowList([]);

test.each([
  '127.0.0.1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '0.0.0.0',
  '0',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:a9fe:a9fe]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fd00::1]',
  '[fe80::1]',
  '[ff02::1]',
  'localhost',
  'LOCALHOST.',
  'wiki.localhost',
  '１２７.0.0.1',
])('http://%s/ is refused', (host) => {
  expect(checkUrl(`http://${host}/x`, nothing)).toMatchObject({
    ok: false,
    why: 'private-address',
  });
});

test('what is refused for its address says how to let it in', () => {
  expect(checkUrl('http://10.1.2.3/x', nothing)).toMatchObject({
    message:
      '10.1.2.3 is not a public address: if it may be fetched all the same, name it in the setting SLIPSTREAM_SCRAPE_ALLOW',
  });
});

test.each(['8.8.8.8', '[2606:4700::1111]', '[64:ff9b::8.8.8.8]', 'docs.example.com'])(
  'http://%s/ passes',
  (host) => {
    expect(checkUrl(`http://${host}/x`, nothing)).toMatchObject({ ok: true, listed: false });
  },
);

test.each([
  ['file:///etc/passwd', 'not-http'],
  ['ftp://example.com/', 'not-http'],
  ['http://user:pass@example.com/', 'credentials'],
  ['http://example.com:99999/', 'invalid-url'],
  ['docs/page', 'invalid-url'],
])('%s is refused as %s', (url, why) => {
  expect(checkUrl(url, nothing)).toMatchObject({ ok: false, why });
});

test('a listed address with a port lets through that port only, in every spelling', () => {
  const allow = parseAllowList(['127.0.0.1:8090', '[::1]:8090']);
  const passes = (url: string) => checkUrl(url, allow).ok;
  expect(passes('http://127.0.0.1:8090/')).toBe(true);
  expect(passes('http://2130706433:8090/')).toBe(true);
  expect(passes('http://[::ffff:7f00:1]:8090/')).toBe(true);
  expect(passes('http://localhost:8090/')).toBe(true);
  expect(passes('http://127.0.0.1:8091/')).toBe(false);
  expect(passes('http://127.0.0.1/')).toBe(false);
});

test('a listed range counts for names that resolve into it, a listed name for itself alone', () => {
  const allow = parseAllowList(['10.0.0.0/8', 'fd00::/8', 'wiki.corp', 'docs.corp:8443']);
  expect(usableAddresses('any.name', 80, ['10.9.9.9', '192.168.0.1'], allow)).toEqual(['10.9.9.9']);
  expect(usableAddresses('any.name', 80, ['fd12::1'], allow)).toEqual(['fd12::1']);
  expect(usableAddresses('wiki.corp', 80, ['192.168.0.1'], allow)).toEqual(['192.168.0.1']);
  expect(usableAddresses('x.wiki.corp', 80, ['192.168.0.1'], allow)).toEqual([]);
  expect(usableAddresses('docs.corp', 443, ['192.168.0.1'], allow)).toEqual([]);
  expect(checkUrl('https://WIKI.corp/a', allow)).toMatchObject({ ok: true, listed: true });
});

test('a name that mixes public and closed addresses keeps the public ones', () => {
  expect(usableAddresses('rebind.example', 80, ['127.0.0.1', '8.8.8.8'], nothing)).toEqual([
    '8.8.8.8',
  ]);
});

test.each(['10.0.0.0/33', 'host/8', 'http://wiki.corp', '*.corp', 'a b', 'user@host', 'h:99999'])(
  'the entry %s is refused with a sentence',
  (entry) => {
    expect(() => parseAllowList([entry])).toThrow(AllowListError);
  },
);

test('what is no address is not public', () => {
  expect(isPublicAddress('example.com')).toBe(false);
  expect(isPublicAddress('')).toBe(false);
});
