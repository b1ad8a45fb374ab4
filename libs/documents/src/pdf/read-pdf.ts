import type { ChildProcess } from 'node:child_process';
import { DocumentError } from '../document-error.ts';
import { titleFromName } from '../text/title-from-name.ts';
import type { PdfFacts, PdfJob, PdfMessage, PdfPage } from './messages.ts';
import { preparePdfProcess, takePdfProcess } from './pdf-process.ts';

export interface PdfDocument extends PdfFacts {
  /** All pages, those without text too. */
  readonly pages: readonly PdfPage[];
}

export interface PdfLimits {
  readonly maxBytes: number;
  readonly maxPages: number;
  readonly maxCharsPerPage: number;
  readonly maxChars: number;
  /** Resident memory of the process that reads the file. */
  readonly maxRssBytes: number;
  readonly deadlineMs: number;
}

export const defaultPdfLimits: PdfLimits = {
  maxBytes: 50_000_000,
  maxPages: 5_000,
  maxCharsPerPage: 200_000,
  maxChars: 20_000_000,
  maxRssBytes: 600_000_000,
  deadlineMs: 60_000,
};

export interface ReadPdfOptions {
  /** File name or URL, for a file without a title. */
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (page: number, pageCount: number) => void;
  readonly limits?: Partial<PdfLimits>;
}

/**
 * The text of a PDF, page by page, as Markdown: headings by font size and outline, paragraphs,
 * items, lines of tables, code by its font; without headers, footers and tables of contents. Read
 * in a process of its own with limits on memory, time and size: 60 pages a second and more.
 *
 * @throws DocumentError `broken-pdf`, `encrypted-pdf`, `pdf-too-large` (bytes, pages, characters or
 * memory), `pdf-timeout`, or `needs-ocr` if more than half of the pages have no text
 * @throws the reason of the signal; the process is gone then
 */
export async function readPdf(
  bytes: Uint8Array,
  options: ReadPdfOptions = {},
): Promise<PdfDocument> {
  const limits = { ...defaultPdfLimits, ...options.limits };
  options.signal?.throwIfAborted();
  if (bytes.length > limits.maxBytes)
    throw new DocumentError(
      'pdf-too-large',
      `the PDF has ${bytes.length} bytes, the limit is ${limits.maxBytes}`,
    );
  if (!Buffer.from(bytes.subarray(0, 1_024)).includes('%PDF-'))
    throw new DocumentError('broken-pdf', 'the file does not begin as a PDF does');

  const document = await readInChild(bytes, limits, options);
  const { pages, pagesWithoutText } = document;
  if (pages.length === 0 || pagesWithoutText > pages.length / 2)
    throw new DocumentError(
      'needs-ocr',
      `${pagesWithoutText} of ${pages.length} pages have no text: the PDF is made of pictures`,
    );
  return { ...document, title: document.title || titleFromName(options.name ?? '') || 'PDF' };
}

async function readInChild(
  bytes: Uint8Array,
  limits: PdfLimits,
  { signal, onProgress }: ReadPdfOptions,
): Promise<PdfDocument> {
  const child = takePdfProcess(limits.maxRssBytes);
  const stop = () => child.kill('SIGKILL');
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    stop();
  }, limits.deadlineMs);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    // Ends itself a second later than we would end it.
    const job: PdfJob = { ...limits, deadlineMs: limits.deadlineMs + 1_000 };
    const result = await conversation(child, job, bytes, onProgress);
    signal?.throwIfAborted();
    if (late)
      throw new DocumentError('pdf-timeout', `the PDF was not read within ${limits.deadlineMs} ms`);
    return result(limits);
  } finally {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', stop);
    stop();
    preparePdfProcess(limits.maxRssBytes);
  }
}

/** Runs to the end of the process; what comes back tells its result, or throws why there is none. */
async function conversation(
  child: ChildProcess,
  job: PdfJob,
  bytes: Uint8Array,
  onProgress: ReadPdfOptions['onProgress'],
): Promise<(limits: PdfLimits) => PdfDocument> {
  const pages: PdfPage[] = [];
  let end: PdfMessage | undefined;
  let complaint = '';
  child.on('message', (message: PdfMessage) => {
    if (message.type === 'progress') onProgress?.(message.page, message.pageCount);
    else if (message.type === 'pages') pages.push(...message.pages);
    else end = message;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const { promise: ended, resolve, reject } = Promise.withResolvers<NodeJS.Signals | number>();
  child.on('error', reject);
  child.on('close', (code, signal) => resolve(signal ?? code ?? 0));
  // One that is gone takes no job; how it ended says more.
  child.send(job, () => undefined);
  // A child that is gone closes the pipe; how it ended says more.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(bytes);
  const how = await ended;
  return ({ maxRssBytes }) => {
    if (end?.type === 'done') {
      const { type: _, ...facts } = end;
      return { ...facts, pages };
    }
    if (end?.type === 'failed') throw new DocumentError(end.code, end.message);
    if (how === 'SIGKILL' || how === 'SIGABRT' || how === 134)
      throw new DocumentError(
        'pdf-too-large',
        `reading the PDF takes more than ${maxRssBytes} bytes of memory`,
      );
    throw new DocumentError('broken-pdf', `the reader ended with ${how}: ${complaint.trim()}`);
  };
}
