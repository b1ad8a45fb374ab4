import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { extractNotes } from './extract-notes.ts';
import type { DocumentNotes, NotedDocument } from './notes.ts';
import { verifyNotes } from './verify-notes.ts';

/** Five chapters about a pump; what is no statement, or is printed twice, stands between them. */
const chapters = [
  [
    'Fitting',
    'The Wren pump is fitted below the water line of the tank.',
    'Use four **M6** screws.',
  ],
  ['Priming', 'The pump is primed with two litres of clean water.', 'It takes 40 seconds.'],
  ['Running', 'The Wren pump runs for 12 hours on one battery charge.', 'Is it loud?'],
  ['Cleaning', 'Clean the filter of the pump every 30 days under warm water.', '© 2026 Wren Ltd.'],
  ['Storing', 'Empty the pump and store it above 5 °C in a dry room.', 'See page 12.'],
] as const;
const warning = 'Danger: never open the housing while the pump is connected to the mains.';
const manual: NotedDocument = {
  title: 'Wren pump manual',
  pages: chapters.map(([heading, statement, other], at) => ({
    number: at + 1,
    markdown: `# ${at + 1} ${heading}\n\n${warning}\n\n${statement}\n\n${other}\n\n| Part | No |\n| --- | --- |\n| Seal | ${at} |`,
  })),
};
const textOf = ({ pages }: NotedDocument): string[] =>
  pages.map(({ markdown }) => markdown.replaceAll('**', ''));

const statementsOf = (notes: DocumentNotes) => [
  ...notes.keyPoints,
  ...notes.sections.flatMap(({ points }) => points),
];

test('every statement of the notes stands on the page it names, and none stands there twice', () => {
  const notes = extractNotes(manual);
  const said = statementsOf(notes);
  expect(said.length).toBeGreaterThan(2);
  for (const { text, page } of said) expect(textOf(manual)[(page ?? 0) - 1]).toContain(text);
  const all = [...said.map(({ text }) => text), ...notes.summary.split(/(?<=\.) /)];
  expect(new Set(all).size).toBe(all.length);
  expect(all.join(' ').split(warning).length - 1).toBeLessThanOrEqual(1);
  for (const page of notes.summaryPages ?? []) expect(page).toBeLessThanOrEqual(5);
});

test('the sections are those of the document, and legal lines, questions and rows are no notes', () => {
  const notes = extractNotes(manual);
  expect(notes.title).toBe('Wren pump manual');
  expect(notes.sections.map(({ heading, level, page }) => [heading, level, page])).toEqual(
    chapters.map(([heading], at) => [`${at + 1} ${heading}`, 1, at + 1]),
  );
  expect(JSON.stringify(notes)).not.toMatch(/©|loud\?|Seal|See page/);
});

test('what many sentences are about wins over an aside', () => {
  const about = 'reads the level of the tank and starts the pump when the tank is full';
  const markdown = [
    '# Controller',
    `The controller ${about}.`,
    'The level sensor of the controller sits at the bottom of the tank.',
    'The pump stops when the controller finds the tank empty.',
    'Our founder liked to paint yellow flowers on wooden doors.',
    'A full tank and an empty tank are told to the controller by the level sensor.',
  ].join('\n\n');
  const { summary, summaryPages } = extractNotes({ title: 'Controller', pages: [{ markdown }] });
  expect(summary).toContain('controller');
  expect(summary).not.toContain('flowers');
  expect(summaryPages).toBeUndefined();
});

test('a document without a sentence gives notes without statements', () => {
  const notes = extractNotes({
    title: 'Parts',
    pages: [{ markdown: '| a | b |\n| --- | --- |\n| 1 | 2 |' }],
  });
  expect(notes).toEqual({ title: 'Parts', summary: '', keyPoints: [], sections: [] });
});

test('a document with hundreds of sections keeps the longest of them', () => {
  const section = (at: number) =>
    `## Part ${at}\n\nThe valve number ${at} closes the pipe ${at} within a second.${
      at % 10 === 0 ? ` The lever ${at} opens the hatch ${at} above the keel at night.` : ''
    }`;
  const markdown = `# Valves\n\n${Array.from({ length: 300 }, (_, at) => section(at)).join('\n\n')}`;
  const { sections } = extractNotes({ title: 'Valves', pages: [{ markdown }] });
  expect(sections.length).toBe(40);
  expect(sections.map(({ heading }) => heading)).toContain('Part 290');
});

test('a document that fits is its own digest, a longer one is cut to what carries most', () => {
  expect(digestOf(manual, 10_000)).toContain('[page 2]\n# 2 Priming');
  const short = digestOf(manual, 300);
  expect(short.length).toBeLessThanOrEqual(300);
  expect(short).toMatch(/\[page \d\]\n# \d \w+\nThe/);
  expect(short).not.toContain('Seal');
});

test('what the document does not hold is taken out of written notes, and pages are put right', () => {
  const written: DocumentNotes = {
    title: ' ',
    summary: 'The pump runs 12 hours on one battery charge. It was built by monks in Peru.',
    keyPoints: [
      { text: 'Clean the filter every 30 days under warm water.', page: 2 },
      { text: 'Two litres of clean water prime the pump.', page: 2 },
      { text: 'Two litres of clean water prime the pump.', page: 2 },
      { text: 'The warranty ends after ninety years of moonlight.', page: 1 },
    ],
    sections: [
      {
        heading: 'Store',
        level: 1,
        page: 77,
        points: [{ text: 'Store the pump above 5 °C in a dry room.' }],
      },
      { heading: 'Legend', level: 1, points: [{ text: 'Dragons guard the kitchen.' }] },
    ],
  };
  const { notes, removed } = verifyNotes(written, manual);
  expect(notes).toEqual({
    title: 'Wren pump manual',
    summary: 'The pump runs 12 hours on one battery charge.',
    summaryPages: [3],
    keyPoints: [
      { text: 'Clean the filter every 30 days under warm water.', page: 4 },
      { text: 'Two litres of clean water prime the pump.', page: 2 },
    ],
    sections: [
      {
        heading: 'Store',
        level: 1,
        page: 5,
        points: [{ text: 'Store the pump above 5 °C in a dry room.', page: 5 }],
      },
    ],
  });
  expect(removed).toBe(4);
});
