import { DocumentError } from '../document-error.ts';
import { type Element, textOf } from '../html/dom.ts';
import { htmlToDocument } from '../html/html-to-document.ts';
import type { TextDocument } from '../text/markdown-to-document.ts';
import { titleFromName } from '../text/title-from-name.ts';
import { bodyHtml, type HeadingStyles } from './docx-html.ts';
import { openZip, type Zip, type ZipLimits } from './open-zip.ts';
import { attributeOf, escapeHtml, localName, xmlElements } from './read-xml.ts';

/**
 * A Word document (.docx) as Markdown: headings by their styles, paragraphs, items, tables. Without
 * pictures, notes at the foot, headers and footers; what was deleted in it stays out.
 *
 * @param name file name or URL, for a document without a title
 * @throws DocumentError `broken-document`, `document-too-large`, `encrypted-document`
 */
export function readDocx(
  bytes: Uint8Array,
  name: string,
  limits: Partial<ZipLimits> = {},
): TextDocument {
  const zip = openZip(bytes, limits);
  const xml = zip.read('word/document.xml');
  const body = xml && xmlElements(xml).find((element) => localName(element) === 'body');
  if (!body) throw new DocumentError('broken-document', 'the file holds no Word document');
  const html = bodyHtml(body, headingStyles(zip));
  const title = titleOf(zip) || titleFromName(name);
  const page = `<title>${escapeHtml(title)}</title><main>${html}</main>`;
  const { title: found, markdown } = htmlToDocument(page, 'https://document.invalid/');
  return { title: found || title, markdown };
}

/** Word translates the ids of its styles, but not their names. */
function headingStyles(zip: Zip): HeadingStyles {
  const levels = new Map<string, number>();
  const xml = zip.read('word/styles.xml');
  let open: Element | undefined;
  for (const element of xml ? xmlElements(xml) : []) {
    const value = attributeOf(element, 'val') ?? '';
    if (localName(element) === 'style') open = element;
    else if (open && localName(element) === 'name') {
      const level = /^title$/i.test(value) ? 1 : Number(/^heading ([1-6])$/i.exec(value)?.[1]);
      if (level) levels.set(attributeOf(open, 'styleId') ?? '', level);
    }
  }
  return levels;
}

function titleOf(zip: Zip): string {
  const xml = zip.read('docProps/core.xml');
  const title = xml && xmlElements(xml).find((element) => localName(element) === 'title');
  return title ? textOf(title).trim() : '';
}
