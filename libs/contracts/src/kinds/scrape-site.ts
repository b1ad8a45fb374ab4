import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { Brand, Globs, HttpUrl, Render } from './fields.ts';

export const scrapeSite = defineTask({
  kind: 'scrape-site',
  category: 'scraping',
  summary: 'Crawl a documentation site: every page in scope becomes a task of its own',
  payload: Type.Object(
    {
      url: HttpUrl,
      brand: Brand,
      maxPages: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1_000 })),
      maxDepth: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 10 })),
      render: Type.Optional(Render),
      include: Type.Optional(Globs),
      exclude: Type.Optional(Globs),
    },
    { additionalProperties: false },
  ),
  searchable: ['url', 'brand'],
  result: Type.Object({
    url: Type.String(),
    /** Pages found in the sitemaps, those beyond maxPages included. */
    inSitemap: Type.Integer(),
    /** Pages not added because of maxPages. */
    cut: Type.Integer(),
  }),
  priority: 'high',
  onChildFailure: 'continue',
});
