import type { Chunk } from '@slipstream/contracts';
import { documentKey } from './check-documents.ts';
import type { DocumentRef, DocumentSummary, VectorCount } from './knowledge-store.ts';

type Row = Pick<Chunk, 'brand' | 'docId' | 'source' | 'url' | 'title' | 'fetchedAt'> & {
  readonly page?: number | null;
};

/** One entry per document, sorted by URL. */
export function summarize(rows: Iterable<Row>): DocumentSummary[] {
  const found = new Map<string, DocumentSummary>();
  for (const row of rows) {
    const { brand, docId, source, url, title, fetchedAt: at } = row;
    const key = documentKey(row);
    const known = found.get(key);
    found.set(key, {
      ...{ brand, docId, source, url, title },
      chunks: (known?.chunks ?? 0) + 1,
      paged: known?.paged || (row.page ?? null) !== null,
      oldest: known && known.oldest < at ? known.oldest : at,
      newest: known && known.newest > at ? known.newest : at,
    });
  }
  return [...found.values()].sort((one, other) => (one.url < other.url ? -1 : 1));
}

/** One entry per document. */
export function countVectors(embedderId: string, rows: Iterable<DocumentRef>): VectorCount[] {
  const found = new Map<string, VectorCount>();
  for (const { brand, docId } of rows) {
    const key = documentKey({ brand, docId });
    const vectors = (found.get(key)?.vectors ?? 0) + 1;
    found.set(key, { embedderId, brand, docId, vectors });
  }
  return [...found.values()];
}
