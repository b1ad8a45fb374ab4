import { type Static, Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { BlobRefField, Brand, HttpUrl } from './fields.ts';

/** What is remembered of a page, so that the next crawl can ask whether it changed. */
export const PageState = Type.Object({
  url: Type.String(),
  etag: Type.Optional(Type.String()),
  lastModified: Type.Optional(Type.String()),
  textHash: Type.String(),
  /** When it was last fetched, or last found unchanged by its server. */
  fetchedAt: Type.String(),
  /** Links away from the start of the crawl that met it. */
  depth: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Its selectors, as JSON: with others its text is another one. */
  selectors: Type.Optional(Type.String()),
  /** It answered 404 or 410: when, and to which run of which task. The next time it leaves the index. */
  gone: Type.Optional(Type.Object({ at: Type.String(), seenBy: Type.String() })),
  /** Its links, so that a crawl goes on where a page has not changed. */
  links: Type.Optional(Type.Array(Type.String(), { maxItems: 500 })),
});

export type PageState = Static<typeof PageState>;

export const indexWrite = defineTask({
  kind: 'index-write',
  category: 'ingestion',
  summary:
    'Write the chunks of one document: keyword-searchable when it ends; without chunks, take it out, or make them anew',
  payload: Type.Object(
    {
      brand: Brand,
      docId: Type.String({ minLength: 1 }),
      url: HttpUrl,
      /** The chunks, as JSON. Without them the document leaves the index, and is forgotten. */
      chunks: Type.Optional(BlobRefField),
      page: Type.Optional(PageState),
      /** Instead of chunks: make them anew from the text that is kept of the document. */
      rebuild: Type.Optional(Type.Boolean()),
    },
    { additionalProperties: false },
  ),
  searchable: ['url', 'brand', 'docId'],
  result: Type.Object({
    added: Type.Integer(),
    unchanged: Type.Integer(),
    removed: Type.Integer(),
  }),
  priority: 'normal',
  // Two versions of one document must not be written in turns. Others share a commit.
  key: 'docId',
  concurrency: { perKey: 1 },
});
