import { expect, test } from 'vitest';
import { verifyCitations } from './verify-citations.ts';

const passages = [
  {
    id: 'reset',
    title: 'Reset',
    headingPath: [],
    text: 'Intro. Hold the Mute button for five seconds to reset the mixer.',
  },
  { id: 'care', title: 'Care', headingPath: [], text: 'Clean the display with a dry cloth only.' },
  { id: 'power', title: 'Power', headingPath: [], text: 'Charging takes three hours.' },
];

test('marks that hold stay, numbered by appearance, with a quote of the source', () => {
  const { answer, citations, removed, uncited } = verifyCitations(
    'Clean the display with a cloth [2]. To reset the mixer, hold Mute for five seconds. [1]',
    passages,
  );
  expect(answer).toBe(
    'Clean the display with a cloth [1]. To reset the mixer, hold Mute for five seconds. [2]',
  );
  expect(citations.map(({ chunkId, quote }) => [chunkId, quote])).toEqual([
    ['care', 'Clean the display with a dry cloth only.'],
    ['reset', 'Hold the Mute button for five seconds to reset the mixer.'],
  ]);
  expect([removed, uncited]).toEqual([[], 0]);
});

test('marks of passages that do not exist or say something else are taken out', () => {
  const { answer, citations, removed, uncited } = verifyCitations(
    'Charging takes three hours [9]. Clean the display with a dry cloth [1, 2].',
    passages,
  );
  expect(answer).toBe('Charging takes three hours. Clean the display with a dry cloth [1].');
  expect(citations.map(({ chunkId }) => chunkId)).toEqual(['care']);
  expect(removed).toEqual([
    { n: 9, reason: 'no-such-passage' },
    { n: 1, reason: 'not-covered' },
  ]);
  expect(uncited).toBe(1);
});

test('a passage cited twice is one citation', () => {
  const { answer, citations } = verifyCitations(
    '- Charging takes three hours [3]\n- Yes, charging takes hours [3]',
    passages,
  );
  expect(answer).toBe('- Charging takes three hours [1]\n- Yes, charging takes hours [1]');
  expect(citations).toHaveLength(1);
});

test('a sentence without own words is checked as the one before it', () => {
  const { answer } = verifyCitations('Charging takes three hours. So it is. [3]', passages);
  expect(answer).toBe('Charging takes three hours. So it is. [1]');
});

test('code and links are left alone', () => {
  const text =
    'Charging takes three hours, see `list[0]` and [1](https://x.example).\n\n```\na[2]\n```';
  const { answer, removed } = verifyCitations(text, passages);
  expect(answer).toBe(text);
  expect(removed).toEqual([]);
});

test('invented claims keep no mark, even with one passage', () => {
  const one = passages.slice(0, 1);
  expect(verifyCitations('The warranty lasts ten years [1].', one).citations).toEqual([]);
  expect(verifyCitations('Hold Mute and the mixer resets [1].', one).citations).toHaveLength(1);
});
