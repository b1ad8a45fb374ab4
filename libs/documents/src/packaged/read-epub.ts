import { posix } from 'node:path';
import { DocumentError } from '../document-error.ts';
import { textOf } from '../html/dom.ts';
import { htmlToDocument } from '../html/html-to-document.ts';
import type { TextDocument } from '../text/markdown-to-document.ts';
import { titleFromName } from '../text/title-from-name.ts';
import { openZip, type ZipLimits } from './open-zip.ts';
import { attributeOf, localName, xmlElements } from './read-xml.ts';

/**
 * An electronic book (.epub) as Markdown: its chapters in the order of reading, without its table of
 * contents.
 *
 * @param name file name or URL, for a book without a title
 * @throws DocumentError `broken-document`, `document-too-large`, `encrypted-document`
 */
export function readEpub(
  bytes: Uint8Array,
  name: string,
  limits: Partial<ZipLimits> = {},
): TextDocument {
  const zip = openZip(bytes, limits);
  const needed = (path: string): Buffer => {
    const found = zip.read(path);
    if (found) return found;
    throw new DocumentError('broken-document', `${path} is missing in the book`);
  };
  const locked = zip.read('META-INF/encryption.xml')?.toString() ?? '';
  if (/\.x?html?\b/i.test(locked))
    throw new DocumentError('encrypted-document', 'the chapters of the book are encrypted');

  const container = xmlElements(needed('META-INF/container.xml'));
  const root = container.find((element) => localName(element) === 'rootfile');
  const packagePath = (root && attributeOf(root, 'full-path')) ?? '';
  const chapters = new Map<string, string>();
  const texts: string[] = [];
  let title = '';
  for (const element of xmlElements(needed(packagePath))) {
    const name = localName(element);
    if (name === 'title') title ||= textOf(element).trim();
    if (
      name === 'item' &&
      isChapter(attributeOf(element, 'media-type'), attributeOf(element, 'properties'))
    ) {
      const path = pathOf(packagePath, attributeOf(element, 'href') ?? '');
      chapters.set(attributeOf(element, 'id') ?? '', path);
    }
    const path = name === 'itemref' && chapters.get(attributeOf(element, 'idref') ?? '');
    if (path && zip.names.has(path)) texts.push(chapterOf(needed(path).toString('utf8')));
  }
  if (texts.length === 0) throw new DocumentError('broken-document', 'the book has no chapters');
  const markdown = texts.filter((text) => text !== '').join('\n\n');
  return { title: title || titleFromName(name), markdown };
}

const isChapter = (mediaType = '', properties = ''): boolean =>
  /^(?:application\/xhtml\+xml|text\/html)$/.test(mediaType) && !/\bnav\b/.test(properties);

/** Paths of a book are relative to its package file, and written as URLs. */
function pathOf(packagePath: string, href: string): string {
  const path = href.split('#', 1)[0] ?? '';
  try {
    return posix.join(posix.dirname(packagePath), decodeURIComponent(path));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return posix.join(posix.dirname(packagePath), path);
  }
}

/** All of the body: a chapter has no furniture that would have to be told apart. */
function chapterOf(xhtml: string): string {
  const body = /<body\b[^>]*>([\s\S]*?)(?:<\/body\s*>|$)/i.exec(xhtml)?.[1] ?? xhtml;
  return htmlToDocument(`<main>${body}</main>`, 'https://document.invalid/').markdown;
}
