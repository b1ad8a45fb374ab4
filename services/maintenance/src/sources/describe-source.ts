import { brandToken, type FoundSource, type PageState, type Source } from '@slipstream/contracts';
import { brandLanguage, messagesOf } from '@slipstream/jetstream';
import type { VectorCount } from '@slipstream/knowledge';
import { taskView } from '@slipstream/tasklog';
import type { KnownSource } from './known-sources.ts';
import { type Crawl, errorsOf, lastCrawl } from './last-crawl.ts';
import type { SourceParts } from './source-parts.ts';

/** What is known of a brand, read once for all of its sources. */
interface BrandFacts {
  /** When each document was read last, by its id. */
  readonly readAt: ReadonlyMap<string, string>;
  /** The embedder that has most of its vectors. */
  readonly embedder: string | undefined;
  /** Set for it. */
  readonly language: string | undefined;
  /** Vectors of that embedder, by document. */
  readonly vectors: ReadonlyMap<string, number>;
}

/** Describes sources one after the other; facts of a brand are kept from one to the next. */
export function createDescriber(parts: SourceParts) {
  let last: { brand: string; facts: Promise<BrandFacts> } | undefined;
  const factsOf = (brand: string): Promise<BrandFacts> => {
    if (last?.brand !== brand) last = { brand, facts: brandFacts(parts, brand) };
    return last.facts;
  };

  return async (known: KnownSource): Promise<FoundSource> => {
    const { id, scope, url, documents } = known;
    const { readAt, embedder, language, vectors } = await factsOf(scope.brand);
    const crawl = await lastCrawl(parts, known);
    const chunks = documents.reduce((all, one) => all + one.chunks, 0);
    const embedded = documents.reduce((all, { docId }) => all + (vectors.get(docId) ?? 0), 0);
    const times = documents.map(({ docId, newest }) => readAt.get(docId) ?? newest).sort();
    const [oldest, newest] = [times[0], times.at(-1)];
    const source: Source = {
      id,
      brand: scope.brand,
      url,
      kind: kindOf(known, crawl),
      pages: documents.length,
      chunks,
      ...(language !== undefined && { language }),
      chunksWithoutVector: Math.max(0, chunks - embedded),
      ...(embedder !== undefined && embedded > 0 && { embedder }),
      ...(oldest !== undefined && newest !== undefined && { freshness: { oldest, newest } }),
      ...(crawl && { lastCrawl: crawlView(crawl) }),
      errors: await errorsOf(parts, crawl),
    };
    const refresh = refreshOf(known, source.kind, crawl);
    return { source, scope, ...(refresh && { refresh }) };
  };
}

async function brandFacts({ bus, store }: SourceParts, brand: string): Promise<BrandFacts> {
  const readAt = new Map<string, string>();
  for await (const batch of messagesOf(bus, 'KV_pages', `$KV.pages.${brandToken(brand)}.>`)) {
    for (const { subject, data } of batch) {
      if (data.length === 0) continue;
      const { fetchedAt } = JSON.parse(Buffer.from(data).toString()) as PageState;
      readAt.set(subject.slice(subject.lastIndexOf('.') + 1), fetchedAt);
    }
  }
  const counts = await store.listVectors({ brand });
  const byEmbedder = Map.groupBy(counts, ({ embedderId }) => embedderId);
  const totals = [...byEmbedder].map(([embedderId, rows]) => ({ embedderId, total: total(rows) }));
  const embedder = totals.sort((a, b) => b.total - a.total)[0]?.embedderId;
  const own = embedder === undefined ? [] : (byEmbedder.get(embedder) ?? []);
  const language = await brandLanguage(bus, brand);
  const vectors = new Map(own.map((row) => [row.docId, row.vectors]));
  return { readAt, embedder, language, vectors };
}

const total = (rows: readonly VectorCount[]): number =>
  rows.reduce((sum, { vectors }) => sum + vectors, 0);

function kindOf({ scope, documents }: KnownSource, crawl: Crawl | undefined): Source['kind'] {
  if (scope.source === 'upload') return 'document';
  if (crawl?.row.kind === 'scrape-site' || documents.length > 1) return 'site';
  return crawl?.row.kind === 'ingest-document' || documents[0]?.paged ? 'document' : 'page';
}

function crawlView({ row }: Crawl): NonNullable<Source['lastCrawl']> {
  const { id, kind, state, createdAt, finishedAt } = taskView(row);
  return { taskId: id, kind, state, at: finishedAt ?? createdAt };
}

/** The last crawl once more; what the log has forgotten is read by its address. */
function refreshOf(
  { scope, documents }: KnownSource,
  kind: Source['kind'],
  crawl: Crawl | undefined,
): FoundSource['refresh'] {
  if (scope.source === 'upload') return undefined;
  if (crawl) {
    const { file: _file, contentType: _type, fileName: _name, ...payload } = crawl.payload;
    return { kind: crawl.row.kind as 'scrape-site', payload };
  }
  const { brand } = scope;
  const url = documents[0]?.url ?? `${scope.source}/`;
  if (kind === 'site') return { kind: 'scrape-site', payload: { brand, url: `${scope.source}/` } };
  return { kind: kind === 'page' ? 'scrape-page' : 'ingest-document', payload: { brand, url } };
}
