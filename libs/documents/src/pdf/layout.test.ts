import { expect, test } from 'vitest';
import { bodySize, headingLevels } from './headings.ts';
import { joinLinesOf } from './join-words.ts';
import { type Line, pageLines } from './page-lines.ts';
import { dropRunningLines } from './running-lines.ts';

const line = (text: string, y = 100, more: Partial<Line> = {}): Line => ({
  text,
  x: 72,
  y,
  size: 10,
  right: 300,
  monospace: false,
  ...more,
});
const texts = (pages: readonly (readonly Line[])[]) =>
  pages.map((lines) => lines.map(({ text }) => text));

test('pieces of text become lines: gaps are blanks, a raised piece belongs to its line', () => {
  const piece = (str: string, x: number, y: number, width: number, size = 10) => ({
    str,
    transform: [size, 0, 0, size, x, y],
    width,
    fontName: 'f',
  });
  const items = [
    piece('Note', 72, 700, 20),
    piece('2', 92, 704, 3, 6),
    piece('here', 100, 700, 20),
    piece('there', 200, 700, 20),
    piece('next', 72, 688, 20),
    piece('next', 72, 688, 20),
  ];
  const geometry = { transform: [1, 0, 0, -1, 0, 792], monospace: new Set<string>() };
  expect(pageLines(items, geometry).map(({ text, y }) => [text, y])).toEqual([
    ['Note2 here  there', 92],
    ['next', 104],
  ]);
});

test('headers with the name of the chapter, footers and page numbers go, headings stay', () => {
  const pages = Array.from({ length: 8 }, (_, n) => ({
    height: 792,
    lines: [
      line(
        n < 7
          ? `Chapter ${Math.floor(n / 3) + 1}: ${['Setup', 'Use', 'Care'][Math.floor(n / 3)]}   ${n + 1}`
          : 'Index   8',
        40,
      ),
      line(`Heading ${'abcdefgh'[n]}`, 80),
      line('Text of the page.', 400),
      line(n % 2 ? 'xiv' : `- ${n + 1} -`, 770),
    ],
  }));
  expect(texts(dropRunningLines(pages))).toEqual(
    Array.from({ length: 8 }, (_, n) => [`Heading ${'abcdefgh'[n]}`, 'Text of the page.']),
  );
});

test('the outline gives the levels, also to lines in the font of the body', () => {
  const pages = [
    [
      line('The Manual', 50, { size: 24 }),
      line('1 Setup', 80, { size: 16 }),
      line('Body text '.repeat(20)),
    ],
    [
      line('1.1 Fitting', 80, { size: 12 }),
      line('Cable'),
      line('see Cable'),
      line('Other', 90, { size: 12 }),
    ],
  ];
  const level = headingLevels(pages, [
    { title: 'Setup', level: 1, page: 0 },
    { title: 'Fitting', level: 2, page: 1 },
    { title: 'Cable', level: 3, page: 1 },
  ]);
  expect(bodySize(pages)).toBe(10);
  expect(pages.map((lines, page) => lines.map((one) => level(page, one)))).toEqual([
    [1, 1, undefined],
    [2, 3, undefined, 2],
  ]);
});

test('a heading of the outline may take several lines, in the font of the body', () => {
  const pages = [
    [line('2.4 What to do when the'), line('light does not go'), line('out'), line('Wait.')],
    [line('What to do when the'), line('light is red')],
  ];
  const title = 'What to do when the light does not go out';
  const level = headingLevels(pages, [{ title, level: 2, page: 0 }]);
  expect(pages.map((lines, page) => lines.map((one) => level(page, one)))).toEqual([
    [2, 2, 2, undefined],
    [undefined, undefined],
  ]);
});

test('divided words become whole, compounds and addresses keep their sign', () => {
  const join = joinLinesOf([[line('a command-line tool')]]);
  expect(join('the cur-', 'rent state')).toBe('the current state');
  expect(join('the command-', 'line tool')).toBe('the command-line tool');
  expect(join('pages 3-', '4 and more')).toBe('pages 3- 4 and more');
  expect(join('see https://x.org/', 'docs now')).toBe('see https://x.org/docs now');
  expect(join('one', 'two')).toBe('one two');
});
