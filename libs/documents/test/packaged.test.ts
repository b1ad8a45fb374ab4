import { expect, test } from 'vitest';
import { packageTypeOf, readDocx, readEpub } from '../src/index.ts';
import { makeZip } from './make-zip.ts';

const paragraph = (text: string, properties = '', run = '') =>
  `<w:p><w:pPr>${properties}</w:pPr><w:r><w:rPr>${run}</w:rPr><w:t>${text}</w:t></w:r></w:p>`;
const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`;
const word = (body: string, more: Record<string, string> = {}) =>
  makeZip({
    '[Content_Types].xml': '<Types/>',
    'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
    'word/styles.xml':
      '<w:styles xmlns:w="w"><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>' +
      '<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style></w:styles>',
    ...more,
  });

test('a Word document becomes Markdown: headings by style, items, tables, bold', () => {
  const docx = word(
    [
      paragraph('Pump', '<w:pStyle w:val="berschrift1"/>'),
      paragraph('Keep it dry &amp; cool, always.', '', '<w:b/>'),
      paragraph('Care', '<w:pStyle w:val="berschrift2"/>'),
      paragraph('Wipe it.', '<w:numPr><w:numId w:val="1"/></w:numPr>'),
      paragraph('Dry it.', '<w:numPr><w:numId w:val="1"/></w:numPr>'),
      '<w:p><w:r><w:t xml:space="preserve">Hold </w:t></w:r><w:del><w:r><w:delText>not</w:delText></w:r></w:del><w:hyperlink><w:r><w:t>Talk</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> for 12 s.</w:t></w:r></w:p>',
      `<w:tbl><w:tr>${cell('Part')}${cell('No')}</w:tr><w:tr>${cell('Seal')}${cell('7')}</w:tr></w:tbl>`,
    ].join(''),
  );
  expect(packageTypeOf(docx)).toBe('docx');
  expect(readDocx(docx, 'pump_manual.docx')).toEqual({
    title: 'Pump',
    markdown:
      '# Pump\n\n**Keep it dry & cool, always.**\n\n## Care\n\n- Wipe it.\n- Dry it.\n\nHold Talk for 12 s.\n\n| Part | No |\n| --- | --- |\n| Seal | 7 |',
  });
});

test('a Word document without headings is named after its facts, else after its file', () => {
  const facts =
    '<cp:coreProperties xmlns:dc="d"><dc:title>Its title</dc:title></cp:coreProperties>';
  const body = paragraph('A sentence of some length stands here alone.');
  expect(readDocx(word(body, { 'docProps/core.xml': facts }), 'a_b.docx').title).toBe('Its title');
  expect(readDocx(word(body), 'https://x.example/quick_start.docx').title).toBe('quick start');
});

const chapter = (body: string) =>
  `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>${body}</body></html>`;
const book = (more: Record<string, string> = {}) =>
  makeZip({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml':
      '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    'OEBPS/book.opf': `<package><metadata><dc:title>The pump book</dc:title></metadata><manifest>
      <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
      <item id="two" href="text/ch%202.xhtml" media-type="application/xhtml+xml"/>
      <item id="one" href="text/ch1.xhtml" media-type="application/xhtml+xml"/>
      <item id="css" href="style.css" media-type="text/css"/></manifest>
      <spine><itemref idref="nav"/><itemref idref="one"/><itemref idref="two"/></spine></package>`,
    'OEBPS/nav.xhtml': chapter('<nav>Contents</nav>'),
    'OEBPS/text/ch1.xhtml': chapter('<h1>One</h1><p>It begins.</p>'),
    'OEBPS/text/ch 2.xhtml': chapter('<h1>Two</h1><p>It ends.</p>'),
    ...more,
  });

test('a book becomes Markdown: its chapters in the order of reading, without its contents', () => {
  expect(packageTypeOf(book())).toBe('epub');
  expect(readEpub(book(), 'book.epub')).toEqual({
    title: 'The pump book',
    markdown: '# One\n\nIt begins.\n\n# Two\n\nIt ends.',
  });
});

test('a bomb is stopped at the limit, whatever it says of its size', () => {
  const bomb = word(paragraph('x'), { 'word/styles.xml': 'a'.repeat(30_000_000) });
  expect(bomb.length).toBeLessThan(100_000);
  expect(() => readDocx(bomb, 'x')).toThrow(
    expect.objectContaining({ code: 'document-too-large' }),
  );
  // The directory may lie: the size that it names is not what is trusted.
  const name = bomb.lastIndexOf('word/styles.xml');
  bomb.writeUInt32LE(10, name - 46 + 24);
  expect(() => readDocx(bomb, 'x')).toThrow(
    expect.objectContaining({ code: 'document-too-large' }),
  );
  const limits = { maxTotalBytes: 2_000 };
  const long = book({ 'OEBPS/text/ch1.xhtml': chapter(`<p>${'word '.repeat(500)}</p>`) });
  expect(() => readEpub(long, 'x', limits)).toThrow(
    expect.objectContaining({ code: 'document-too-large' }),
  );
  const crowd = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`f${n}`, '']));
  expect(() => readDocx(makeZip(crowd), 'x', { maxEntries: 10 })).toThrow(
    expect.objectContaining({ code: 'document-too-large' }),
  );
});

test('what is cut, locked, empty or no document is refused by name, and other files are none', () => {
  const docx = word(paragraph('Text.'));
  const refused = (read: () => unknown, code: string) =>
    expect(read).toThrow(expect.objectContaining({ name: 'DocumentError', code }));
  refused(() => readDocx(docx.subarray(0, docx.length - 30), 'x'), 'broken-document');
  refused(() => readDocx(makeZip({ 'a.txt': 'a' }), 'x'), 'broken-document');
  refused(() => readDocx(makeZip({ 'word/document.xml': 'x' }, 1), 'x'), 'encrypted-document');
  const damaged = Buffer.from(docx);
  damaged.fill(
    0xff,
    docx.indexOf('word/document.xml') + 20,
    docx.indexOf('word/document.xml') + 40,
  );
  refused(() => readDocx(damaged, 'x'), 'broken-document');
  refused(() => readEpub(makeZip({ mimetype: 'application/epub+zip' }), 'x'), 'broken-document');
  const locked = '<encryption><CipherReference URI="OEBPS/text/ch1.xhtml"/></encryption>';
  refused(() => readEpub(book({ 'META-INF/encryption.xml': locked }), 'x'), 'encrypted-document');
  refused(() => packageTypeOf(Buffer.from('PK\x03\x04 and nothing')), 'broken-document');
  refused(() => packageTypeOf(makeZip({ 'a.txt': 'a' })), 'broken-document');
  refused(() => packageTypeOf(Buffer.from('no zip'), 'application/epub+zip'), 'broken-document');
  expect(packageTypeOf(Buffer.from('%PDF-1.4'), 'application/pdf')).toBeUndefined();
});
