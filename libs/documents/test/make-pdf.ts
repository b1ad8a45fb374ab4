import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';

export interface TestPdf {
  /** Content streams: operators of the page, fonts F1 (Helvetica) and F2 (Courier). */
  readonly pages: readonly (string | Deflated)[];
  readonly title?: string;
  readonly language?: string;
  /** Titles of bookmarks and their pages, from 0. */
  readonly outline?: readonly { readonly title: string; readonly page: number }[];
  readonly encrypted?: boolean;
}

export interface Deflated {
  readonly deflated: Buffer;
}

export interface PlacedText {
  readonly text: string;
  readonly x?: number;
  /** From the bottom of the page, which is 792 points high. */
  readonly y: number;
  readonly size?: number;
  readonly font?: 'F1' | 'F2';
}

/** Operators that show texts at places. */
export function pageOf(...texts: readonly PlacedText[]): string {
  return texts
    .map(({ text, x = 72, y, size = 10, font = 'F1' }) => {
      const literal = text.replace(/[\\()]/g, '\\$&');
      return `BT /${font} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${literal}) Tj ET`;
    })
    .join('\n');
}

/** A piece of content as often as it takes to make `bytes`, deflated without ever being whole. */
export async function repeated(piece: string, bytes: number): Promise<Deflated> {
  const block = Buffer.from(piece.repeat(Math.ceil(1_000_000 / piece.length)));
  const blocks = Array.from({ length: Math.ceil(bytes / block.length) }, () => block);
  return { deflated: await buffer(Readable.from(blocks).pipe(createDeflate({ level: 1 }))) };
}

/** A small valid PDF, written by hand: objects, cross-reference table, trailer. */
export function makePdf({
  pages,
  title,
  language,
  outline = [],
  encrypted = false,
}: TestPdf): Buffer {
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number => objects.push(Buffer.from(body));
  const catalog = add('');
  const tree = add('');
  const outlines = add('');
  const fonts = ['Helvetica', 'Courier'].map((name) =>
    add(`<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`),
  );
  const kids = pages.map((page) => {
    const data = typeof page === 'string' ? Buffer.from(page, 'latin1') : page.deflated;
    const filter = typeof page === 'string' ? '' : ' /Filter /FlateDecode';
    const content = add(
      Buffer.concat([
        Buffer.from(`<< /Length ${data.length}${filter} >>\nstream\n`),
        data,
        Buffer.from('\nendstream'),
      ]),
    );
    return add(
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 612 792] /Contents ${content} 0 R ` +
        `/Resources << /Font << /F1 ${fonts[0]} 0 R /F2 ${fonts[1]} 0 R >> >> >>`,
    );
  });
  const first = objects.length + 1;
  for (const [at, entry] of outline.entries())
    add(
      `<< /Title (${entry.title}) /Parent ${outlines} 0 R /Dest [${kids[entry.page]} 0 R /Fit] ` +
        `${at > 0 ? `/Prev ${first + at - 1} 0 R ` : ''}` +
        `${at < outline.length - 1 ? `/Next ${first + at + 1} 0 R ` : ''}>>`,
    );
  const info = add(`<< ${title === undefined ? '' : `/Title (${title})`} >>`);
  const lock = encrypted ? add(LOCK) : 0;
  objects[catalog - 1] = Buffer.from(
    `<< /Type /Catalog /Pages ${tree} 0 R ${language ? `/Lang (${language})` : ''} ` +
      `${outline.length > 0 ? `/Outlines ${outlines} 0 R` : ''} >>`,
  );
  objects[tree - 1] = Buffer.from(
    `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`,
  );
  objects[outlines - 1] = Buffer.from(
    `<< /Type /Outlines /Count ${outline.length} /First ${first} 0 R /Last ${first + outline.length - 1} 0 R >>`,
  );
  return assemble(
    objects,
    `/Root ${catalog} 0 R /Info ${info} 0 R${lock ? ` /Encrypt ${lock} 0 R` : ''}`,
  );
}

/** Keys that fit no password. */
const LOCK = `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${'ab'.repeat(32)}> /U <${'cd'.repeat(32)}> >>`;

function assemble(objects: readonly Buffer[], trailer: string): Buffer {
  const parts = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let offset = parts[0]?.length ?? 0;
  for (const [at, body] of objects.entries()) {
    offsets.push(offset);
    const object = Buffer.concat([
      Buffer.from(`${at + 1} 0 obj\n`),
      body,
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(object);
    offset += object.length;
  }
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const id = `<${'01'.repeat(16)}>`;
  parts.push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
        `trailer\n<< /Size ${objects.length + 1} ${trailer} /ID [${id} ${id}] >>\nstartxref\n${offset}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}
