import type { DocumentErrorCode } from '../document-error.ts';

/** What the child is told in its one message. The bytes come on its standard input. */
export interface PdfJob {
  readonly maxPages: number;
  readonly maxCharsPerPage: number;
  readonly maxChars: number;
  readonly maxRssBytes: number;
  /** The child ends itself when it is still there by then. */
  readonly deadlineMs: number;
}

/** What the child says over the IPC channel; the last one is `done` or `failed`. */
export type PdfMessage =
  | { readonly type: 'progress'; readonly page: number; readonly pageCount: number }
  | { readonly type: 'pages'; readonly pages: readonly PdfPage[] }
  | ({ readonly type: 'done' } & PdfFacts)
  | { readonly type: 'failed'; readonly code: DocumentErrorCode; readonly message: string };

export interface PdfPage {
  /** From 1. */
  readonly number: number;
  /** Empty for a page without text. */
  readonly markdown: string;
}

export interface PdfFacts {
  /** From the file's own facts, else its first heading; may be empty. */
  readonly title: string;
  /** BCP 47 tag, if the file names its language. */
  readonly language?: string;
  /** Pages with hardly a letter: drawings, blank pages, scans. */
  readonly pagesWithoutText: number;
}
