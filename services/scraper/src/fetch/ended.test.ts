import { expect, test } from 'vitest';
import { ended } from './ended.ts';

test('what is never fetched says what to do about it', () => {
  const url = 'https://docs.example/a';
  const denied = ended(url, { outcome: 'denied', url, why: 'status', message: 'answered 403' });
  expect(denied).toMatchObject({
    code: 'status',
    message: `${url}: answered 403; Slipstream has no log-in: save the page and upload it`,
  });
  const why = 'private-address';
  const message = '10.1.2.3 is not a public address: name it in the setting';
  expect(ended(url, { outcome: 'denied', url, why, message }).message).toBe(`${url}: ${message}`);
});
