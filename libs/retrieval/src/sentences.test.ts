import { expect, test } from 'vitest';
import { splitSentences } from './sentences.ts';

const split = (text: string) => splitSentences(text).map((span) => span.text);

test.each([
  ['One. Two! Three? Four', ['One.', 'Two!', 'Three?', 'Four']],
  ['It takes 3.5 h at 20 °C. Then stop.', ['It takes 3.5 h at 20 °C.', 'Then stop.']],
  [
    'Use a plug, e.g. The one here, approx. 5 mm.',
    ['Use a plug, e.g. The one here, approx. 5 mm.'],
  ],
  ['He said "Stop." Then (it did.) All good.', ['He said "Stop."', 'Then (it did.)', 'All good.']],
  ['Hold it. [1] Let go [2, 3]. Done.', ['Hold it. [1]', 'Let go [2, 3].', 'Done.']],
  ['flow over a wing . the results agree .', ['flow over a wing .', 'the results agree .']],
  ['It needs 48 V. Ask J. Smith. He knows.', ['It needs 48 V.', 'Ask J. Smith.', 'He knows.']],
  ['電源を切る。待つ。', ['電源を切る。', '待つ。']],
  ['', []],
])('%j', (text, expected) => {
  expect(split(text)).toEqual(expected);
});
