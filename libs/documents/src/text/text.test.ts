import { expect, test } from 'vitest';
import { markdownToDocument } from './markdown-to-document.ts';
import { textToDocument } from './text-to-document.ts';

test('front matter gives the title and is not text', () => {
  const source = '---\ntitle: "Pairing a remote"\ntags: [a]\n---\n\n# Other\n\nHold the key.\n';
  expect(markdownToDocument(source, 'a.md')).toEqual({
    title: 'Pairing a remote',
    markdown: '# Other\n\nHold the key.',
  });
});

test('without front matter the first level-one heading is the title, else any, else the name', () => {
  expect(markdownToDocument('## Intro\n\n# The `set` call #\n', 'a.md').title).toBe('The set call');
  expect(markdownToDocument('### Only this\n\ntext', 'a.md').title).toBe('Only this');
  expect(markdownToDocument('text', 'https://x.org/quick%20start_guide.md').title).toBe(
    'quick start guide',
  );
});

test('wrapped lines are joined, items and hard breaks keep their lines', () => {
  const source =
    'One sentence\nin two lines.\n\n- first\n  goes on\n- second\n\nPostbox 1  \nBerlin\n';
  expect(markdownToDocument(source, 'a').markdown).toBe(
    'One sentence in two lines.\n\n- first goes on\n- second\n\nPostbox 1  \nBerlin',
  );
});

test('underlined headings, reference links, comments and tags take their short forms', () => {
  const source =
    'Title\n=====\n\nPart\n----\n<!-- gone -->See [the page][p] or [p][].<br>\nEnd <b>now</b>.\n\n[p]: https://x.org/p "P"\n';
  expect(markdownToDocument(source, 'a').markdown).toBe(
    '# Title\n\n## Part\nSee [the page](https://x.org/p) or [p](https://x.org/p).  \nEnd  now .',
  );
});

test('code and tables stay as they are', () => {
  const source = '```js\nif (a)\n  b(); // <br> [x][y]\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |';
  expect(markdownToDocument(source, 'a').markdown).toBe(source);
});

test('plain text has its first line as title, and no markup', () => {
  const { title, markdown } = textToDocument(
    'Release notes\r\n\r\n# not a heading\r\nwrapped\r\n',
    'n.txt',
  );
  expect(title).toBe('Release notes');
  expect(markdown).toBe('Release notes\n\n\\# not a heading wrapped');
  expect(textToDocument(`${'long '.repeat(50)}\n`, 'notes.txt').title).toBe('notes');
  expect(textToDocument('', 'empty.txt')).toEqual({ title: 'empty', markdown: '' });
});
