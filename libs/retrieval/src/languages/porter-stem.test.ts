import { expect, test } from 'vitest';
import { porterStem } from './porter-stem.ts';

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
  expect(porterStem(word)).toBe(expected);
});

test.each([
  ['battery', 'batteries'],
  ['install', 'installing'],
  ['connect', 'connections'],
  ['record', 'recorded'],
])('%s and %s share a porterStem', (one, other) => {
  expect(porterStem(one)).toBe(porterStem(other));
});

test('short words and words with other characters stay as they are', () => {
  expect(['is', 'mp3', 'größe', 'x200s'].map(porterStem)).toEqual(['is', 'mp3', 'größe', 'x200s']);
});
