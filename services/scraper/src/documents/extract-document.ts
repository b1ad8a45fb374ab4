import { TerminalError } from '@slipstream/contracts';
import {
  DocumentError,
  decodeText,
  documentRemedies,
  htmlToDocument,
  markdownToDocument,
  type PackageType,
  packageTypeOf,
  readDocx,
  readEpub,
  readPdf,
  textToDocument,
} from '@slipstream/documents';
import type { NotedDocument } from '@slipstream/retrieval';
import type { TaskContext } from '@slipstream/worker';
import { type DocumentType, documentTypeOf } from '../pages/document-type.ts';

export interface SourceFile {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly url: string;
  /** File name, or the URL. */
  readonly name: string;
}

export type FileType = DocumentType | PackageType;

/**
 * What a file is.
 *
 * @throws TerminalError for a package that cannot be opened
 */
export const fileTypeOf = ({ bytes, contentType, name }: SourceFile): FileType =>
  refusing(() => packageTypeOf(bytes, contentType) ?? documentTypeOf(bytes, contentType, name));

/**
 * The text of a file, page by page where it has pages, with progress in pages.
 *
 * @throws TerminalError for a file that cannot be read, now or later, with what to do about it
 */
export async function extractDocument(
  { bytes, contentType, url, name }: SourceFile,
  type: FileType,
  { signal, progress }: Pick<TaskContext, 'signal' | 'progress'>,
): Promise<NotedDocument> {
  if (type === 'pdf') {
    const onProgress = (done: number, total: number): void =>
      progress({ done, total, message: `page ${done} of ${total}` });
    try {
      const { title, pages } = await readPdf(bytes, { name, signal, onProgress });
      return { title, pages };
    } catch (error) {
      throw refusal(error);
    }
  }
  const { title, markdown } = refusing(() => {
    if (type === 'docx') return readDocx(bytes, name);
    if (type === 'epub') return readEpub(bytes, name);
    const text = decodeText(bytes, contentType);
    if (type === 'html') return htmlToDocument(text, url);
    return (type === 'markdown' ? markdownToDocument : textToDocument)(text, name);
  });
  return { title, pages: [{ markdown }] };
}

function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw refusal(error);
  }
}

/** A document that cannot be read is final, and says what to do. */
function refusal(error: unknown): unknown {
  if (!(error instanceof DocumentError)) return error;
  const message = [`${error.message}.`, documentRemedies[error.code]].filter(Boolean).join(' ');
  return new TerminalError(message, { code: error.code, cause: error });
}
