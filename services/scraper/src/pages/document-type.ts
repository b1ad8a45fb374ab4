export type DocumentType = 'pdf' | 'html' | 'markdown' | 'text';

/** What a file is: its first bytes decide, then its content type, then the end of its name. */
export function documentTypeOf(
  bytes: Uint8Array,
  contentType: string | undefined,
  name: string,
): DocumentType {
  if (Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-')) return 'pdf';
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/pdf') return 'pdf';
  if (type === 'text/markdown' || type === 'text/x-markdown') return 'markdown';
  const path = URL.parse(name)?.pathname ?? name;
  if (/\.(md|markdown)$/i.test(path)) return 'markdown';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  const start = Buffer.from(bytes.subarray(0, 512)).toString('latin1').trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'html';
  if (/\.(html?|xhtml)$/i.test(path)) return 'html';
  return 'text';
}
