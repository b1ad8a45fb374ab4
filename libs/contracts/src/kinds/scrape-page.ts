import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, Counts, Examples, Globs, HttpUrl, Render, Selectors } from './fields.ts';

export const scrapePage = defineTask({
  kind: 'scrape-page',
  category: 'scraping',
  summary: 'Fetch one page, extract its text, and hand it on to be indexed',
  payload: Type.Object(
    {
      url: HttpUrl,
      brand: Brand,
      render: Type.Optional(Render),
      selectors: Type.Optional(Selectors),
      /** When the page changed, as the sitemap of the crawl says. */
      lastmod: Type.Optional(Type.String({ maxLength: 40 })),
      /** Set by a crawl: links in scope become pages of the same site. */
      site: Type.Optional(
        Type.Object(
          {
            /** The URL whose origin and folder limit the crawl. */
            root: HttpUrl,
            depth: Type.Integer({ minimum: 0 }),
            maxDepth: Type.Integer({ minimum: 0 }),
            include: Type.Optional(Globs),
            exclude: Type.Optional(Globs),
          },
          { additionalProperties: false },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  searchable: ['url', 'brand'],
  result: Type.Object({
    url: Type.String(),
    outcome: Type.Enum(['indexed', 'unchanged', 'skipped', 'removed']),
    /** Why a page was skipped or removed. */
    reason: Type.Optional(Type.String()),
    chunks: Type.Integer(),
    links: Type.Object({
      followed: Type.Integer(),
      /** How many links were not followed, by reason. */
      skipped: Counts,
      /** Some of them. */
      examples: Type.Optional(Examples),
    }),
    timings: Type.Record(Type.String(), Type.Number()),
  }),
  priority: 'normal',
});
