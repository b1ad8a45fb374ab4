import { expect, test } from 'vitest';
import { unitsOf } from './units.ts';

const manual = `Keep it dry. Use 5.5 mm plugs, e.g. ours!

To reset it:

1. Hold **Mode** for 5 s. The light blinks.
2. Let go
   and wait.

| Light | Meaning |
| --- | --- |
| Red | Battery \\| low |
| Green | Ready |

**Gain**
: How loud it is. In dB.

\`\`\`bash
reset --all. Now
\`\`\`
## Care
Wipe it.`;

test('sentences, list items, rows, definitions and code are units', () => {
  expect(unitsOf(manual).map(({ kind, marker, text }) => [kind, marker, text])).toEqual([
    ['sentence', '', 'Keep it dry.'],
    ['sentence', '', 'Use 5.5 mm plugs, e.g. ours!'],
    ['sentence', '', 'To reset it:'],
    ['sentence', '1. ', 'Hold **Mode** for 5 s.'],
    ['sentence', '1. ', 'The light blinks.'],
    ['sentence', '2. ', 'Let go\n   and wait.'],
    ['row', '', '| Red | Battery \\| low |'],
    ['row', '', '| Green | Ready |'],
    ['sentence', '', 'How loud it is.'],
    ['sentence', '', 'In dB.'],
    ['code', '', '```bash\nreset --all. Now\n```'],
    ['sentence', '', 'Wipe it.'],
  ]);
});

test('a unit knows what it is read with', () => {
  const lead = (text: string) => unitsOf(manual).find((unit) => unit.text === text)?.lead;
  expect(lead('The light blinks.')).toEqual(['To reset it:']);
  expect(lead('| Green | Ready |')).toEqual(['Light', 'Meaning']);
  expect(lead('In dB.')).toEqual(['Gain']);
  expect(lead('Wipe it.')).toEqual(['Care']);
});

test('a table without a header and a fence that is never closed are read to their end', () => {
  expect(unitsOf('| a | b |\n| c | d |\n```\nx\n\ny').map(({ text }) => text)).toEqual([
    '| a | b |',
    '| c | d |',
    '```\nx\n\ny',
  ]);
});

const lines = [
  ['', '- item. Two', '1. one', '| a | b |', '|---|', '| --- |', '```', '# H', '**T**'],
  [': def', 'A. B! C?', 'Dr. No: 5', '> quote', '  x', '|', ' ', '[1]', '. 1 .', '\r'],
].flat();

test('every unit of any text is a piece of it, in order', () => {
  for (const one of lines)
    for (const two of lines)
      for (const three of lines) {
        const text = [one, two, three].join('\n');
        let last = 0;
        for (const { start, end, text: piece } of unitsOf(text)) {
          expect(text.slice(start, end)).toBe(piece);
          expect(start).toBeGreaterThanOrEqual(last);
          last = end;
        }
      }
});
