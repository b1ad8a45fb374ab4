import { documentKey } from './check-documents.ts';
import type { DocumentRef, UnembeddedDocument } from './knowledge-store.ts';

/** Documents of the chunks whose key is not among those that have a vector. */
export function countUnembedded(
  chunks: Iterable<DocumentRef & { readonly key: string }>,
  embedded: { has(key: string): boolean },
): UnembeddedDocument[] {
  const found = new Map<string, { brand: string; docId: string; chunks: number }>();
  for (const { key, brand, docId } of chunks) {
    if (embedded.has(key)) continue;
    const name = documentKey({ brand, docId });
    const document = found.get(name) ?? { brand, docId, chunks: 0 };
    document.chunks += 1;
    found.set(name, document);
  }
  const byName = [...found].sort(([one], [other]) => (one < other ? -1 : 1));
  return byName.map(([, document]) => document);
}
