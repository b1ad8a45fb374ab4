import { createHash } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { taskStates } from './task.ts';

/** What an upload that was given no address has in its place; the name never resolves (RFC 6761). */
const UPLOADS = 'upload.invalid';

/** The source that a URL belongs to: the origin of its site, or `upload`. */
export const sourceOf = (url: string): string => {
  const { origin, hostname } = new URL(url);
  return hostname === UPLOADS ? 'upload' : origin;
};

/** A part of a brand's knowledge: a site, or an uploaded document, which alone has `url`. */
export interface SourceScope {
  readonly brand: string;
  /** As `sourceOf` says. Without it: all of the brand. */
  readonly source?: string;
  /** The document, by its URL and its id in the store. */
  readonly url?: string;
  readonly docId?: string;
}

/** Follows from what it names, so that it stays the same over a new crawl. */
export const sourceId = ({ brand, source = '', url = '' }: SourceScope): string =>
  createHash('sha256')
    .update(JSON.stringify([brand, source, url]))
    .digest('hex')
    .slice(0, 32);

const Time = Type.String({ format: 'date-time' });

export const SourceSchema = Type.Object({
  id: Type.String({ description: 'Follows from brand and address' }),
  brand: Type.String(),
  url: Type.String({ description: 'Origin of the site, or the address of the document' }),
  kind: Type.Enum(['site', 'page', 'document']),
  pages: Type.Integer({ description: 'Pages and documents that have text in the index' }),
  chunks: Type.Integer(),
  language: Type.Optional(
    Type.String({
      description:
        'Set for the brand: its texts are read in this language (ISO 639-1). Absent: each document in the one that it seems to be in',
    }),
  ),
  chunksWithoutVector: Type.Integer({ description: 'Found by words, not yet by meaning' }),
  embedder: Type.Optional(
    Type.String({ description: 'Whose vectors they are; none without vectors' }),
  ),
  freshness: Type.Optional(
    Type.Object(
      { oldest: Time, newest: Time },
      { description: 'When the page that was read longest ago, and the last one, were read' },
    ),
  ),
  lastCrawl: Type.Optional(
    Type.Object(
      {
        taskId: Type.String(),
        kind: Type.String(),
        state: Type.Enum([...taskStates]),
        at: Time,
      },
      { description: 'The newest crawl or ingestion of it that the log remembers' },
    ),
  ),
  errors: Type.Object(
    {
      count: Type.Integer(),
      last: Type.Array(
        Type.Object({
          taskId: Type.String(),
          url: Type.String(),
          code: Type.String(),
          message: Type.String(),
        }),
      ),
    },
    { description: 'What did not succeed in the last crawl; the newest few by name' },
  ),
});

export type Source = Static<typeof SourceSchema>;

/** What `slipstream.sources.*` is asked, and answers. */
export interface SourceQuestion {
  readonly id?: string;
  readonly brand?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface SourcePage {
  readonly items: Source[];
  readonly nextCursor: string | null;
}

/** A source, what part of the knowledge it is, and the task that reads it again; an upload has none. */
export interface FoundSource {
  readonly source: Source;
  readonly scope: SourceScope;
  readonly refresh?: { readonly kind: RefreshKind; readonly payload: Record<string, unknown> };
}

export type RefreshKind = 'scrape-site' | 'scrape-page' | 'ingest-document';
