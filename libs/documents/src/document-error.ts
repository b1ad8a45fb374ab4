export type DocumentErrorCode =
  | 'broken-pdf'
  | 'encrypted-pdf'
  | 'needs-ocr'
  | 'pdf-too-large'
  | 'pdf-timeout'
  | 'broken-document'
  | 'encrypted-document'
  | 'document-too-large'
  | 'invalid-selector';

/** A document that cannot be read, now or later: trying again does not help. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
  readonly code: DocumentErrorCode;

  constructor(code: DocumentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What to do about a document that cannot be read. */
export const documentRemedies: Readonly<Partial<Record<DocumentErrorCode, string>>> = {
  'broken-pdf': 'Open it in a viewer and save it anew.',
  'encrypted-pdf': 'Save it without its password.',
  'needs-ocr': 'Run text recognition on it first, for example with ocrmypdf.',
  'pdf-too-large': 'Split it, or print it to a new PDF.',
  'pdf-timeout': 'Split it, or print it to a new PDF.',
  'broken-document': 'Open it in its program and save it anew.',
  'encrypted-document': 'Save it without its protection.',
  'document-too-large': 'Split it, or save it as PDF.',
};
