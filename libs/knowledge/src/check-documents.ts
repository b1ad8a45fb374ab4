import { TerminalError } from '@slipstream/contracts';
import type { DocumentChunks, DocumentRef, EmbedderRef } from './knowledge-store.ts';

/** One string per document of a brand; a brand may hold any character. */
export const documentKey = ({ brand, docId }: DocumentRef): string =>
  JSON.stringify([brand, docId]);

/** @throws TerminalError if a chunk belongs to another document, or a document is given twice */
export function checkDocuments(documents: readonly DocumentChunks[]): void {
  const seen = new Set<string>();
  for (const document of documents) {
    const key = documentKey(document);
    if (seen.has(key)) throw invalid(`document ${key} is given twice`);
    seen.add(key);
    const foreign = document.chunks.find((chunk) => documentKey(chunk) !== key);
    if (foreign)
      throw invalid(`chunk ${foreign.id} of document ${documentKey(foreign)} is given for ${key}`);
  }
}

/** @throws TerminalError that names both numbers */
export function checkDimensions(embedder: EmbedderRef, got: number, want = embedder.dimensions) {
  if (got !== want)
    throw new TerminalError(
      `a vector of embedder '${embedder.id}' has ${got} dimensions, expected ${want}`,
      { code: 'wrong-dimensions' },
    );
}

const invalid = (message: string): TerminalError =>
  new TerminalError(message, { code: 'invalid-document' });
