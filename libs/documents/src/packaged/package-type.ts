import { DocumentError } from '../document-error.ts';
import { openZip } from './open-zip.ts';

export type PackageType = 'docx' | 'epub';

const CLAIMED =
  /^application\/(?:vnd\.openxmlformats-officedocument\.wordprocessingml\.document|epub\+zip|zip)\b/i;

/**
 * Which document a ZIP file is; undefined for a file that neither is one nor claims to be.
 *
 * @throws DocumentError `broken-document` for a ZIP file that holds something else, or is cut
 */
export function packageTypeOf(bytes: Uint8Array, contentType = ''): PackageType | undefined {
  const isZip = Buffer.from(bytes.subarray(0, 4)).equals(Buffer.from('PK\x03\x04'));
  if (!isZip && !CLAIMED.test(contentType)) return undefined;
  const { names } = openZip(bytes);
  if (names.has('word/document.xml')) return 'docx';
  if (names.has('META-INF/container.xml')) return 'epub';
  throw new DocumentError('broken-document', 'the file holds neither a Word document nor a book');
}
