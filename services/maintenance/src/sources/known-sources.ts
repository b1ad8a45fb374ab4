import { type SourceScope, sourceId, sourceOf, timeOfId } from '@slipstream/contracts';
import type { DocumentSummary } from '@slipstream/knowledge';
import { isWithin, readErasures } from '@slipstream/tasklog';
import type { SourceParts } from './source-parts.ts';

/** A source as store and log know it. */
export interface KnownSource {
  readonly id: string;
  readonly scope: SourceScope & { readonly source: string };
  /** Origin of a site, or address of a document. */
  readonly url: string;
  readonly documents: readonly DocumentSummary[];
}

/** Crawls and ingestions that are looked at for sources that have no documents (yet). */
const RECENT = 200;

/**
 * Every source of a brand, or of all: those with documents in the store, and those that a recent
 * crawl or ingestion was to bring. Sorted by brand and URL.
 */
export async function knownSources(parts: SourceParts, brand?: string): Promise<KnownSource[]> {
  const found = new Map<string, KnownSource>();
  for (const document of await parts.store.listDocuments(brand === undefined ? {} : { brand })) {
    const { docId, ...at } = document;
    const fresh = toSource({ ...at, docId });
    const known = found.get(fresh.id) ?? fresh;
    found.set(fresh.id, { ...known, documents: [...known.documents, document] });
  }
  for (const one of await wantedSources(parts, brand)) {
    if (!found.has(one.id)) found.set(one.id, one);
  }
  return [...found.values()].sort(
    (a, b) => compare(a.scope.brand, b.scope.brand) || compare(a.url, b.url),
  );
}

/** What recent tasks were to bring, unless it was erased after them. */
async function wantedSources(
  { bus, projection, payloads }: SourceParts,
  brand: string | undefined,
): Promise<KnownSource[]> {
  const erased = new Map<string, ReturnType<typeof readErasures>>();
  const erasuresOf = (name: string) => {
    const known = erased.get(name) ?? readErasures(bus, name);
    erased.set(name, known);
    return known;
  };
  const wanted: KnownSource[] = [];
  for (const kind of ['scrape-site', 'ingest-document'] as const) {
    for (const row of await projection.list({ kind, limit: RECENT })) {
      if (kind === 'ingest-document' && row.parentId !== null) continue;
      const { url, ...payload } = (await payloads.of(row)) ?? {};
      if (payload.brand === undefined || url === undefined) continue;
      // An upload without text is a failed task, and nothing besides.
      if (sourceOf(url) === 'upload') continue;
      if (brand !== undefined && payload.brand !== brand) continue;
      const isGone = (await erasuresOf(payload.brand)).some(
        ({ scope, atMs }) => timeOfId(row.id) <= atMs && isWithin(scope, { ...payload, url }),
      );
      if (!isGone) wanted.push(toSource({ brand: payload.brand, source: sourceOf(url), url }));
    }
  }
  return wanted;
}

/** An upload is a source of its own; everything else belongs to its site. */
function toSource(of: {
  readonly brand: string;
  readonly source: string;
  readonly url: string;
  readonly docId?: string;
}): KnownSource {
  const { brand, source, url, docId } = of;
  const scope =
    source === 'upload' ? { brand, source, url, ...(docId && { docId }) } : { brand, source };
  return { id: sourceId(scope), scope, url: source === 'upload' ? url : source, documents: [] };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
