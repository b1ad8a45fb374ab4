import { TerminalError } from '@slipstream/contracts';
import {
  DocumentError,
  decodeText,
  documentRemedies,
  htmlToDocument,
  markdownToDocument,
  readPdf,
  textToDocument,
} from '@slipstream/documents';
import type { NotedDocument } from '@slipstream/retrieval';
import type { TaskContext } from '@slipstream/worker';
import type { DocumentType } from '../pages/document-type.ts';

export interface SourceFile {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  readonly type: DocumentType;
  readonly url: string;
  /** File name, or the URL. */
  readonly name: string;
}

/**
 * The text of a file, page by page where it has pages, with progress in pages.
 *
 * @throws TerminalError for a file that cannot be read, now or later, with what to do about it
 */
export async function extractDocument(
  { bytes, contentType, type, url, name }: SourceFile,
  { signal, progress }: Pick<TaskContext, 'signal' | 'progress'>,
): Promise<NotedDocument> {
  try {
    if (type === 'pdf') {
      const onProgress = (done: number, total: number): void =>
        progress({ done, total, message: `page ${done} of ${total}` });
      const { title, pages } = await readPdf(bytes, { name, signal, onProgress });
      return { title, pages };
    }
    const text = decodeText(bytes, contentType);
    const { title, markdown } =
      type === 'html'
        ? htmlToDocument(text, url)
        : (type === 'markdown' ? markdownToDocument : textToDocument)(text, name);
    return { title, pages: [{ markdown }] };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    const message = `${error.message}. ${documentRemedies[error.code]}`;
    throw new TerminalError(message, { code: error.code, cause: error });
  }
}
