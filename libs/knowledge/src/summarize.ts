import type { Chunk } from '@slipstream/contracts';
import { documentKey } from './check-documents.ts';
import type { DocumentSummary } from './knowledge-store.ts';

type Row = Pick<Chunk, 'brand' | 'docId' | 'source' | 'url' | 'title'>;

/** One entry per document, sorted by URL. */
export function summarize(rows: Iterable<Row>): DocumentSummary[] {
  const found = new Map<string, DocumentSummary>();
  for (const row of rows) {
    const { brand, docId, source, url, title } = row;
    const key = documentKey(row);
    const chunks = (found.get(key)?.chunks ?? 0) + 1;
    found.set(key, { brand, docId, source, url, title, chunks });
  }
  return [...found.values()].sort((one, other) => (one.url < other.url ? -1 : 1));
}
