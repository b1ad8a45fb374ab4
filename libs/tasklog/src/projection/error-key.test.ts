import { expect, test } from 'vitest';
import { errorKey, generalMessage } from './error-key.ts';

test.each([
  ['https://a.example/x?y=1 is gone (404)', '<url> is gone (<n>)'],
  ['no answer within 5000 ms from 10.0.0.1:4222', 'no answer within <n> ms from <n>'],
  ['task 01a206ff-196d-7e25-9408-4a0cf0ecc67f is lost', 'task <id> is lost'],
  ['blob 9f86d081884c7d659a2feaa0c55ad015 is missing', 'blob <id> is missing'],
  ['vector has 384 dimensions', 'vector has <n> dimensions'],
])('%s is, in general, %s', (message, general) => {
  expect(generalMessage(message)).toBe(general);
});

test('the same failure of two pages has one key, another code or another text has another', () => {
  const gone = (url: string) => ({ code: 'gone', message: `${url} is gone (404)` });
  const key = errorKey(gone('https://a.example/1'));
  expect(errorKey(gone('https://b.example/2'))).toBe(key);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(errorKey({ ...gone('https://a.example/1'), code: 'terminal' })).not.toBe(key);
  expect(errorKey({ code: 'gone', message: 'the host is gone' })).not.toBe(key);
});
