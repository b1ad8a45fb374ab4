import { expect, test } from 'vitest';
import { stem } from './stem.ts';

// The examples of Porter's paper, and words of product manuals.
test.each([
  ['caresses', 'caress'],
  ['ponies', 'poni'],
  ['cats', 'cat'],
  ['agreed', 'agre'],
  ['feed', 'feed'],
  ['plastered', 'plaster'],
  ['motoring', 'motor'],
  ['sing', 'sing'],
  ['conflated', 'conflat'],
  ['hopping', 'hop'],
  ['falling', 'fall'],
  ['filing', 'file'],
  ['happy', 'happi'],
  ['sky', 'sky'],
  ['relational', 'relat'],
  ['vietnamization', 'vietnam'],
  ['triplicate', 'triplic'],
  ['hopefulness', 'hope'],
  ['adjustment', 'adjust'],
  ['adoption', 'adopt'],
  ['communism', 'commun'],
  ['probate', 'probat'],
  ['cease', 'ceas'],
  ['controll', 'control'],
  ['roll', 'roll'],
  ['generalizations', 'gener'],
  ['oscillators', 'oscil'],
])('%s -> %s', (word, expected) => {
  expect(stem(word)).toBe(expected);
});

test.each([
  ['battery', 'batteries'],
  ['install', 'installing'],
  ['connect', 'connections'],
  ['record', 'recorded'],
])('%s and %s share a stem', (one, other) => {
  expect(stem(one)).toBe(stem(other));
});

test('short words and words with other characters stay as they are', () => {
  expect(['is', 'mp3', 'größe', 'x200s'].map(stem)).toEqual(['is', 'mp3', 'größe', 'x200s']);
});
