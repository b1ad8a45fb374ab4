import { expect, test } from 'vitest';
import { leansOnHistory, standaloneQuestion } from './follow-up.ts';

const reset = 'How do I restore the factory settings of the Tarn 4?';

test.each([
  ['And the Tarn 2?', 'How do I restore the factory settings of the Tarn 2?'],
  ['What about the fell 12', 'How do I restore the factory settings of the fell 12?'],
  ['On the Scree 16?', 'How do I restore the factory settings of the Scree 16?'],
  [
    'How long does it take?',
    'How long does it take (How do I restore the factory settings of the Tarn 4)?',
  ],
  ['Why?', 'Why (How do I restore the factory settings of the Tarn 4)?'],
  [
    'Does it keep its firmware version and scenes?',
    'Does it keep its firmware version and scenes (Tarn 4)?',
  ],
])('after a question about the Tarn 4, "%s" asks: %s', (question, standalone) => {
  expect(standaloneQuestion(question, [reset])).toBe(standalone);
});

test('a subject is carried over several questions', () => {
  const earlier = ['How long is the warranty of a Scree 16?', 'And the Fell 12?'];
  expect(standaloneQuestion('And the Tarn 8?', earlier)).toBe(
    'How long is the warranty of a Tarn 8?',
  );
});

test('a model takes the place of a model, not of a number beside it', () => {
  const before = 'How do I reset a Tarn 2 with serial 2431 or later?';
  expect(standaloneQuestion('And the Scree 16?', [before])).toBe(
    'How do I reset a Scree 16 with serial 2431 or later?',
  );
});

test.each([
  'How many hosts does a Scree 16 remember?',
  'Where is beck.yaml on Linux?',
  'Which countries are these things put together in, and who checks the Tarn 4?',
  'In what order do I attach a condenser and feed it, so that nothing bangs?',
  'Why is playback from the computer not heard on a Fell 12?',
  'How do I silence the band between sets while the break music keeps playing?',
])('"%s" leans on nothing', (question) => {
  expect(leansOnHistory(question)).toBe(false);
  expect(standaloneQuestion(question, [reset])).toBe(question);
});

test('without a conversation a question is left alone', () => {
  expect(standaloneQuestion('How long does it take?', [])).toBe('How long does it take?');
});
