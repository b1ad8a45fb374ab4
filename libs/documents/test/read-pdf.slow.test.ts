import { expect, test } from 'vitest';
import { readPdf } from '../src/index.ts';
import { makePdf, pageOf, repeated } from './make-pdf.ts';

const filler = (page: number) =>
  [
    'Each unit has its own fuse, and',
    'the fuse is found behind the cover',
    `of the rear side number ${'abcdefgh'[page]}.`,
  ].map((text, line) => ({ text, y: 500 - line * 12 }));
const manual = makePdf({
  title: 'Service manual',
  language: 'en',
  outline: [{ title: 'Care of the unit', page: 1 }],
  pages: Array.from({ length: 6 }, (_, page) =>
    pageOf(
      { text: `Service manual   ${page + 1}`, y: 760 },
      ...(page === 0
        ? [
            { text: '1 Fitting the cur-', size: 18, y: 700 },
            { text: 'tain', size: 18, y: 678 },
          ]
        : []),
      ...(page === 1
        ? [
            { text: '2.1 Care of the unit', y: 700 },
            { text: '\x95 Wipe the front of the unit, and cur-', y: 600 },
            { text: 'rent must be off.', x: 80, y: 588 },
          ]
        : []),
      ...(page === 2
        ? ['Model', 'Fuse']
            .flatMap((text, column) =>
              [1, 2, 3].map((row) => ({
                text: `${text} ${row}`,
                x: 72 + column * 200,
                y: 700 - row * 14,
              })),
            )
            .sort((a, b) => b.y - a.y)
        : []),
      ...(page === 3
        ? [
            { text: 'Type:', y: 700 },
            { text: 'if (ready)', font: 'F2' as const, x: 90, y: 686 },
            { text: 'start();', font: 'F2' as const, x: 102, y: 674 },
          ]
        : []),
      ...filler(page),
      { text: `Page ${page + 1} of 6`, y: 30 },
    ),
  ),
});

test('a PDF becomes pages of Markdown with headings, items, tables and code', async () => {
  const progress: string[] = [];
  const document = await readPdf(manual, {
    onProgress: (page, count) => progress.push(`${page}/${count}`),
  });
  expect(document).toMatchObject({ title: 'Service manual', language: 'en', pagesWithoutText: 0 });
  const text = (page: string) =>
    `Each unit has its own fuse, and the fuse is found behind the cover of the rear side number ${page}.`;
  expect(document.pages.map(({ markdown }) => markdown)).toEqual([
    `# 1 Fitting the curtain\n\n${text('a')}`,
    `# 2.1 Care of the unit\n\n- Wipe the front of the unit, and current must be off.\n\n${text('b')}`,
    `| Model 1 | Fuse 1 |\n| --- | --- |\n| Model 2 | Fuse 2 |\n| Model 3 | Fuse 3 |\n\n${text('c')}`,
    `Type:\n\n\`\`\`\nif (ready)\n  start();\n\`\`\`\n\n${text('d')}`,
    text('e'),
    text('f'),
  ]);
  expect(document.pages.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(progress).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
});

test('a PDF without a title is named after its first heading, or its file', async () => {
  const plain = makePdf({
    pages: [pageOf({ text: 'Some words of text', y: 700 })],
    title: 'Microsoft Word - a.doc',
  });
  expect((await readPdf(plain, { name: 'https://x.org/quick_start.pdf' })).title).toBe(
    'quick start',
  );
});

test('what is no PDF, a cut one, and a locked one are refused by name', async () => {
  await expect(readPdf(Buffer.from('<html>'))).rejects.toMatchObject({ code: 'broken-pdf' });
  await expect(readPdf(Buffer.from('%PDF-1.4\nnothing more'))).rejects.toMatchObject({
    code: 'broken-pdf',
  });
  const locked = makePdf({ pages: [pageOf({ text: 'secret', y: 700 })], encrypted: true });
  await expect(readPdf(locked)).rejects.toMatchObject({ code: 'encrypted-pdf' });
});

test('pages without text need OCR', async () => {
  const scan = makePdf({ pages: ['', '0 0 100 100 re f', pageOf({ text: 'Cover page', y: 700 })] });
  await expect(readPdf(scan)).rejects.toMatchObject({ name: 'DocumentError', code: 'needs-ocr' });
});

test('a PDF beyond its limits is too large', async () => {
  const refused = (limits: object) => expect(readPdf(manual, { limits })).rejects;
  await refused({ maxBytes: 100 }).toMatchObject({ code: 'pdf-too-large' });
  await refused({ maxPages: 5 }).toMatchObject({
    code: 'pdf-too-large',
    message: expect.stringContaining('6 pages'),
  });
  await refused({ maxCharsPerPage: 50 }).toMatchObject({ code: 'pdf-too-large' });
  await refused({ maxChars: 200 }).toMatchObject({ code: 'pdf-too-large' });
});

test('time over and an abort end the reading', async () => {
  const slow = makePdf({ pages: [await repeated('q 1 0 0 1 0 0 cm Q\n', 20_000_000)] });
  await expect(readPdf(slow, { limits: { deadlineMs: 50 } })).rejects.toMatchObject({
    code: 'pdf-timeout',
  });
  const stopped = new Error('stopped');
  const controller = new AbortController();
  const reading = readPdf(manual, {
    signal: controller.signal,
    onProgress: () => controller.abort(stopped),
  });
  await expect(reading).rejects.toBe(stopped);
  await expect(readPdf(manual, { signal: AbortSignal.abort(stopped) })).rejects.toBe(stopped);
});
