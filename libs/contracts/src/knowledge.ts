/** A piece of a document: what is indexed, retrieved and cited. */
export interface Chunk {
  /** Hash of all that it is found and cited by: an unchanged chunk keeps its id and vector. */
  readonly id: string;
  readonly brand: string;
  /** Origin of the site (`https://docs.example.com`), or `upload`. */
  readonly source: string;
  readonly docId: string;
  readonly url: string;
  /** Title of the document. */
  readonly title: string;
  readonly headingPath: readonly string[];
  /** Page of a PDF, from 1. */
  readonly page?: number;
  /** Position in the document, from 0. */
  readonly ordinal: number;
  readonly text: string;
  /** RFC 3339. */
  readonly fetchedAt: string;
}

/** Asked on the subject `documents`. */
export interface DocumentsQuestion {
  readonly brand?: string;
  /** Words that URL or title must hold, whatever their case. */
  readonly q?: string;
  /** Most documents of the answer; a message of NATS has room for some thousands. */
  readonly limit: number;
}

/** A document of the knowledge, without its text. */
export interface KnownDocument {
  readonly brand: string;
  readonly source: string;
  readonly url: string;
  readonly title: string;
  readonly chunks: number;
}

export interface DocumentsAnswer {
  /** By brand and URL. */
  readonly documents: readonly KnownDocument[];
  /** How many there are altogether. */
  readonly total: number;
}
