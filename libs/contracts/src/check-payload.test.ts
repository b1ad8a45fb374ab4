import { expect, test } from 'vitest';
import { payloadMistakes } from './check-payload.ts';
import { tasks } from './kinds/index.ts';

const page = tasks['scrape-page'];

test('a payload that fits has no mistakes', () => {
  expect(payloadMistakes(page, { url: 'https://docs.example/', brand: 'b' })).toEqual([]);
});

test('missing, unknown and wrong fields are each named by their own path', () => {
  const mistakes = payloadMistakes(page, { url: 'ftp://x', extra: 1, site: { depth: -1 } });
  const paths = mistakes.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/brand', '/extra', '/url', '/site/depth']));
});

test('what is no object at all is a mistake of the whole', () => {
  expect(payloadMistakes(page, 'text')[0]?.path).toBe('/');
});
