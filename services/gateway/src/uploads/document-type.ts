/** What an upload is, as `ingest-document` reads it. */
export type DocumentType =
  | 'application/pdf'
  | typeof DOCX
  | typeof EPUB
  | 'text/html'
  | 'text/markdown'
  | 'text/plain';

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
const EPUB = 'application/epub+zip';

const byExtension: Readonly<Record<string, DocumentType>> = {
  pdf: 'application/pdf',
  docx: DOCX,
  epub: EPUB,
  html: 'text/html',
  htm: 'text/html',
  xhtml: 'text/html',
  md: 'text/markdown',
  markdown: 'text/markdown',
  txt: 'text/plain',
  text: 'text/plain',
};

const byContentType: Readonly<Record<string, DocumentType>> = {
  'application/pdf': 'application/pdf',
  [DOCX]: DOCX,
  [EPUB]: EPUB,
  'text/html': 'text/html',
  'application/xhtml+xml': 'text/html',
  'text/markdown': 'text/markdown',
  'text/x-markdown': 'text/markdown',
  'text/plain': 'text/plain',
};

/** How many bytes from the start tell the type. */
export const HEAD_BYTES = 4_096;

/**
 * The type of a file by its first bytes first, then by its content type and name; undefined when it
 * is none that can be read. A PDF may begin with other bytes, at most 1,024 (PDF 32000-1, annex
 * H.3.4.1). A ZIP file is what it claims to be, a Word document or a book. What claims to be text and holds a NUL is not text, but for UTF-16 with its mark.
 */
export function documentTypeOf(
  head: Uint8Array,
  contentType: string | undefined,
  fileName: string | undefined,
): DocumentType | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.subarray(0, 1_024).includes('%PDF-')) return 'application/pdf';
  const extension = /\.([a-z]+)$/i.exec(fileName ?? '')?.[1]?.toLowerCase() ?? '';
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const claimed = byExtension[extension] ?? byContentType[mediaType];
  const isPackage = claimed === DOCX || claimed === EPUB;
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04')))
    return isPackage ? claimed : undefined;
  const utf16 =
    bytes.subarray(0, 2).equals(Buffer.of(0xff, 0xfe)) ||
    bytes.subarray(0, 2).equals(Buffer.of(0xfe, 0xff));
  if (bytes.includes(0) && !utf16) return undefined;

  if (claimed === 'application/pdf' || isPackage) return undefined;
  const looksLikeHtml = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html)\b/i;
  if (looksLikeHtml.test(bytes.toString('utf8').replace(/^\uFEFF/, ''))) return 'text/html';
  return claimed;
}
