import type { Source } from '@slipstream/contracts';
import { isWithin, type TaskRow } from '@slipstream/tasklog';
import type { KnownSource } from './known-sources.ts';
import type { CrawlPayload, SourceParts } from './source-parts.ts';

export interface Crawl {
  readonly row: TaskRow;
  readonly payload: CrawlPayload;
}

const kinds = ['scrape-site', 'scrape-page', 'ingest-document'] as const;
/** Tasks of a kind that are looked through for one that nobody's crawl has added. */
const CANDIDATES = 50;
const MAX_ERRORS = 5;

/** The newest task that was to read the source: a crawl, or a page or document by itself. */
export async function lastCrawl(
  { projection, payloads }: SourceParts,
  { scope, url }: KnownSource,
): Promise<Crawl | undefined> {
  const q = `${url.replace(/^https?:\/\//, '')} ${scope.brand}`;
  let newest: Crawl | undefined;
  for (const kind of kinds) {
    for (const row of await projection.list({ kind, q, limit: CANDIDATES })) {
      // A page or a file that a crawl has met belongs to the crawl.
      if (kind !== 'scrape-site' && row.parentId !== null) continue;
      if (newest && newest.row.createdAt >= row.createdAt) break;
      const payload = await payloads.of(row);
      if (!payload || !isWithin(scope, payload)) continue;
      newest = { row, payload };
      break;
    }
  }
  return newest;
}

/** What did not succeed in it: its pages, or itself. */
export async function errorsOf(
  { projection, payloads }: SourceParts,
  crawl: Crawl | undefined,
): Promise<Source['errors']> {
  if (!crawl) return { count: 0, last: [] };
  const { row } = crawl;
  const failed = await projection.list({ parentId: row.id, state: 'failed', limit: MAX_ERRORS });
  const rows = failed.length > 0 ? failed : row.state === 'failed' ? [row] : [];
  const children = row.children === null ? {} : (JSON.parse(row.children) as { failed?: number });
  return {
    count: Math.max(rows.length, children.failed ?? 0),
    last: await Promise.all(
      rows.map(async (one) => {
        const { code, message } = JSON.parse(one.error ?? '{}') as Record<string, string>;
        const url = (await payloads.of(one))?.url ?? '';
        return { taskId: one.id, url, code: code ?? '', message: message ?? '' };
      }),
    ),
  };
}
