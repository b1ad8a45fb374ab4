import { expect, test } from 'vitest';
import { countTerms, idfFrom } from './idf.ts';
import { subjectEvidence } from './subject.ts';
import { terms } from './terms.ts';

const manual = Array.from({ length: 40 }, (_, nth) => [
  `Fader ${nth} of the mixer has a mute button that blinks red.`,
  `Phantom power of input ${nth} feeds condenser microphones with 48 V.`,
  'Words of every kind fill the rest of these pages so that nothing is all there is of them.',
]).flat();
const idf = idfFrom(countTerms(manual));
const evidence = (question: string) => subjectEvidence(new Set(terms(question)), idf);

test('words that the knowledge has speak for its subject, words that it lacks against it', () => {
  expect(evidence('Does the fader have a mute button?')).toBeGreaterThan(3);
  expect(evidence('Which enzyme splits lactose?')).toBeLessThan(-1);
  expect(evidence('Does the fader split lactose?')).toBeLessThan(evidence('Does the fader blink?'));
});

test('one word does not decide, however often the knowledge has it', () => {
  expect(evidence('mixer')).toBe(2);
  expect(evidence('Which mixer beats egg whites for meringue with sugar?')).toBeLessThan(0);
});

test('nothing is said about a question without words, or without knowledge', () => {
  expect(evidence('What is it?')).toBe(0);
  const empty = idfFrom(countTerms([]));
  expect(subjectEvidence(new Set(['fader']), empty)).toBeLessThan(0);
});
