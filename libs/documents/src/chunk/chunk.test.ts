import { expect, test } from 'vitest';
import { textHash } from '../text-hash.ts';
import { type ChunkOptions, chunkDocument } from './chunk-document.ts';
import { plainText } from './plain-text.ts';
import { splitLong, splitSentences } from './split-sentences.ts';

const facts = {
  docId: 'd1',
  brand: 'acme',
  source: 'https://x.org',
  url: 'https://x.org/a',
  title: 'Manual',
  fetchedAt: '2026-01-02T03:04:05Z',
};
const chunks = (markdown: string, options?: ChunkOptions) =>
  chunkDocument({ ...facts, markdown }, options);
const sentence = (n: number) => `Sentence number ${n} tells one thing about the device.`;
const sentences = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => sentence(from + n)).join(' ');

test('a chunk knows its headings, without the title, and its place', () => {
  const found = chunks(
    '# Manual\n\nIntro.\n\n## Setup ##\n\n### The `set` [call](/x)\n\nDo it.\n\n## Care\n\nWipe.',
  );
  expect(found.map(({ headingPath, text, ordinal }) => [headingPath, text, ordinal])).toEqual([
    [[], 'Intro.', 0],
    [['Setup', 'The set call'], 'Do it.', 1],
    [['Care'], 'Wipe.', 2],
  ]);
  expect(found[0]).toMatchObject({ ...facts, id: expect.stringMatching(/^[0-9a-f]{32}$/) });
});

test('long text becomes chunks of about the target that overlap by whole sentences', () => {
  const found = chunks(sentences(1, 60));
  expect(found.length).toBeGreaterThan(5);
  for (const { text } of found) {
    expect(text.length).toBeLessThanOrEqual(750);
    expect(text).toMatch(/^Sentence .*device\.$/);
  }
  for (const [n, { text }] of found.slice(1).entries()) {
    const opening = text.slice(0, text.indexOf('device.') + 7);
    expect(found[n]?.text.endsWith(opening)).toBe(true);
  }
});

test('every sentence is in some chunk, and none is cut', () => {
  const text = chunks(sentences(1, 100))
    .map((chunk) => chunk.text)
    .join('\n');
  for (let n = 1; n <= 100; n++) expect(text).toContain(sentence(n));
});

test('a small rest joins the chunk before it', () => {
  const found = chunks(sentences(1, 12), { target: 600, overlap: 0 });
  expect(found.every(({ text }) => text.length > 120)).toBe(true);
});

test('unchanged chunks keep their ids when a section is added before them', () => {
  const rest = `## Care\n\n${sentences(1, 30)}\n\n## Note\n\nSame.\n\n## Note\n\nSame.`;
  const before = chunks(rest).map(({ id }) => id);
  const after = chunks(`## New\n\nText.\n\n${rest}`).map(({ id }) => id);
  expect(after.slice(1)).toEqual(before);
  expect(new Set(before).size).toBe(before.length);
});

test('brand, document, title and headings are part of the id, the time is not', () => {
  const id = (document: Partial<typeof facts>, markdown = '## A\n\nx') =>
    chunkDocument({ ...facts, ...document, markdown })[0]?.id;
  const others = [id({ brand: 'b' }), id({ title: 'T' }), id({ docId: 'd2' }), id({}, '## B\n\nx')];
  expect(new Set([id({}), ...others]).size).toBe(5);
  expect(id({ fetchedAt: 'later' })).toBe(id({}));
});

test('pages give their numbers, and headings reach over the end of a page', () => {
  const pages = [
    { number: 1, markdown: '# Setup\n\nOne.' },
    { number: 2, markdown: '' },
    { number: 3, markdown: 'Two.\n\n## More\n\nThree.' },
  ];
  const found = chunkDocument({ ...facts, pages });
  expect(found.map(({ page, headingPath, text }) => [page, headingPath, text])).toEqual([
    [1, ['Setup'], 'One.'],
    [3, ['Setup'], 'Two.'],
    [3, ['Setup', 'More'], 'Three.'],
  ]);
});

test('a table stays whole up to the limit; a longer one repeats its header', () => {
  const table = (rows: number) =>
    [
      '| Model | Value |',
      '|:-----|------:|',
      ...Array.from({ length: rows }, (_, n) => `| model ${n} | ${'x'.repeat(40)}   |`),
    ].join('\n');
  expect(chunks(table(20))).toHaveLength(1);
  const found = chunks(table(100));
  expect(found.length).toBeGreaterThan(5);
  for (const { text } of found) expect(text).toMatch(/^\| Model \| Value \|\n\|:---\|/);
  expect(found.map(({ text }) => text).join('\n')).toContain('| model 99 |');
});

test('the sentence that leads to a table or code comes with it', () => {
  const code = `\`\`\`sh\n${'run --with-a-long-option\n'.repeat(20)}\`\`\``;
  const found = chunks(`${sentences(1, 4)} Then run these:\n\n${code}`);
  expect(found.at(-1)?.text).toMatch(/Then run these:\n\n```sh\nrun/);
});

test('code keeps what looks like markup; long code is cut at blank lines and fenced again', () => {
  const marked = '```md\n# no heading\n\n[a](b) | **x**\n```';
  expect(chunks(marked)[0]?.text).toBe(marked);
  const part = (n: number) => `part ${n} {\n${'  line of code\n'.repeat(20)}}`;
  const code = Array.from({ length: 8 }, (_, n) => part(n)).join('\n\n');
  const found = chunks(`\`\`\`js\n${code}\n\`\`\``);
  expect(found).toHaveLength(8);
  for (const { text } of found) expect(text).toMatch(/^```js\npart \d \{\n[\s\S]*\}\n```$/);
});

test('nothing gives no chunk', () => {
  const nothing = [
    '',
    '# Only\n\n## headings',
    '```\n\n```',
    '|  |\n| --- |',
    '![](x.png)',
    ' \n\t\n',
  ];
  for (const markdown of nothing) expect(chunks(markdown)).toEqual([]);
});

test('a text without borders is cut to size, and not inside a character', () => {
  const found = chunks('😀'.repeat(1_000), { overlap: 0 });
  expect(found.every(({ text }) => text.length <= 750 && text.isWellFormed())).toBe(true);
  expect(splitLong('one two three', 8)).toEqual(['one two', 'three']);
});

test('links become their text, images their description, emphasis goes, code stays', () => {
  const source =
    'See **[the `x`](https://a.b/c_(d) "t")** and ![the LED](l.png), *now* _or_ snake_case_name.';
  expect(plainText(source)).toBe('See the `x` and the LED, now or snake_case_name.');
  expect(plainText('`[a](b) **c**` a * b * c \\# \\_x\\_ <https://x.org> [![alt](i.png)](u)')).toBe(
    '`[a](b) **c**` a * b * c # _x_ https://x.org alt',
  );
});

test('sentences end at their end, and not after e.g. or in 2.5', () => {
  const text = 'Use e.g. Linux 2.5 here. Done! "Really?" (Yes.) See Fig. 3. 次の文。これ。';
  expect(splitSentences(text)).toEqual([
    'Use e.g. Linux 2.5 here.',
    'Done!',
    '"Really?"',
    '(Yes.)',
    'See Fig. 3. 次の文。',
    'これ。',
  ]);
});

test('white space and link targets do not change the hash of a text, words do', () => {
  const hash = textHash('a [b](https://x.org/?t=1)\n\nc');
  expect(textHash('a  [b](https://x.org/?t=2) c\n')).toBe(hash);
  expect(textHash('a c')).not.toBe(textHash('a b'));
});

test('hostile text ends in time', () => {
  const startMs = performance.now();
  const pieces = ['`', '[a', '[', '![a](', '**a', '*a ', '_a', '<https://', '. A', '|a', '\\', '#'];
  for (const piece of pieces) chunks(piece.repeat(100_000));
  expect(performance.now() - startMs).toBeLessThan(8_000);
});
