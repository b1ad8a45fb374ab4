import { expect, test } from 'vitest';
import { readPdf } from '../src/index.ts';
import { makePdf, repeated } from './make-pdf.ts';

test('a bomb that fills the memory is killed', async () => {
  const bomb = makePdf({ pages: [await repeated('q 1 0 0 1 0 0 cm Q\n', 400_000_000)] });
  expect(bomb.length).toBeLessThan(4_000_000);
  await expect(readPdf(bomb)).rejects.toMatchObject({
    code: 'pdf-too-large',
    message: expect.stringContaining('memory'),
  });
});

test('a bomb that makes text without end is stopped at the page limit or killed', async () => {
  const bomb = makePdf({
    pages: [await repeated('BT /F1 9 Tf (boom boom boom) Tj ET\n', 200_000_000)],
  });
  await expect(readPdf(bomb)).rejects.toMatchObject({ code: 'pdf-too-large' });
});
