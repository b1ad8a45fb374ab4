export type DocumentErrorCode =
  | 'broken-pdf'
  | 'encrypted-pdf'
  | 'needs-ocr'
  | 'pdf-too-large'
  | 'pdf-timeout'
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
