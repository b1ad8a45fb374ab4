import type { Chunk } from '@slipstream/contracts';
import { sha256 } from '../hash.ts';

export interface DocumentFacts {
  readonly docId: string;
  readonly brand: string;
  /** Origin of the site, or `upload`. */
  readonly source: string;
  readonly url: string;
  readonly title: string;
  /** RFC 3339. */
  readonly fetchedAt: string;
}

/** A text as it was cut out of its document. */
export interface Piece {
  /** Without the title. */
  readonly headingPath: readonly string[];
  /** Page of a PDF, from 1. */
  readonly page?: number;
  readonly text: string;
}

/**
 * The pieces of a document, in order, as its chunks. The id is made of all that a chunk is found and
 * cited by: brand, document, title, headings, page, text, and which one it is of several that are
 * equal in all of these. It does not depend on the place in the document, so what is unchanged keeps
 * its id when text is added before it.
 */
export function toChunks(document: DocumentFacts, pieces: Iterable<Piece>): Chunk[] {
  const { docId, brand, source, url, title, fetchedAt } = document;
  const seen = new Map<string, number>();
  return Array.from(pieces, ({ headingPath, page, text }, ordinal) => {
    const key = sha256(brand, docId, title, ...headingPath, page ?? 0, text);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    const id = sha256(key, nth).slice(0, 32);
    const place = { headingPath, ...(page !== undefined && { page }), ordinal };
    return { id, brand, source, docId, url, title, ...place, text, fetchedAt };
  });
}
