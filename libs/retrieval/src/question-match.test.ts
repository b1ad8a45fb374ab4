import { expect, test } from 'vitest';
import { countTerms, idfFrom } from './idf.ts';
import {
  normalQuestion,
  questionShape,
  questionSimilarity,
  SAME_QUESTION,
} from './question-match.ts';

const idf = idfFrom(
  countTerms([
    'The factory settings of the Tarn 4 come back when Talk is held.',
    'Channels of the favorites list of the television.',
    'Hold the button to reset the mixer; the device starts anew.',
    'The firmware of the device is updated over USB.',
  ]),
);

const isSame = (one: string, other: string): boolean =>
  questionSimilarity(questionShape(one), questionShape(other), idf) >= SAME_QUESTION;

test.each([
  ['Can you tell me how to reset the mixer?', 'How do I reset the mixer?'],
  ['How do I restore the factory settings of the Tarn 4?', 'restoring factory settings tarn 4'],
  ['How can I update the firmware over USB?', 'What is the way to update the firmware over usb'],
  ['Where is the reset button of the mixer?', 'Where do I find the reset button on the mixer?'],
])('%s = %s', (one, other) => {
  expect(isSame(one, other)).toBe(true);
});

test.each([
  [
    'another number',
    'Restore the factory settings of the Tarn 4?',
    'Restore factory settings, Tarn 2',
  ],
  [
    'another model',
    'Please restore the settings of the Tarn',
    'Please restore the settings of the Fell',
  ],
  [
    'the other direction',
    'How to add channels to favorites list?',
    'How to remove channels from favorites list?',
  ],
  ['on and off', 'How do I switch telemetry on in Beck?', 'How do I switch telemetry off in Beck?'],
  ['a negation', 'Which mixers can update over USB?', 'Which mixers cannot update over USB?'],
  ['a short negation', 'The mixer starts the update', "The mixer doesn't start the update"],
  ['a reason', 'How do I reset the mixer?', 'Why does the mixer reset?'],
  ['an amount', 'How do I charge the mixer?', 'How long does the mixer charge?'],
  ['yes or no', 'Which cable can the mixer be used with?', 'Can the mixer be used with a cable?'],
  [
    'what is counted',
    'How many channels does a favorites list have?',
    'How many favorites lists does a channel have?',
  ],
  ['no terms at all', 'What is it?', 'What is that?'],
])('%s makes another question', (_why, one, other) => {
  expect(isSame(one, other)).toBe(false);
});

test('case, spaces and the mark at the end do not matter for the key, other marks do', () => {
  expect(normalQuestion('  How  long\nis IT? ')).toBe('how long is it');
  expect(normalQuestion('Is it +48 V?')).not.toBe(normalQuestion('Is it -48 V?'));
});
