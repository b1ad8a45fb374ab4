import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { reportCrawl } from './crawl-report.ts';
import { Brand, Counts, Examples, Globs, HttpUrl, Render, Selectors } from './fields.ts';

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
      selectors: Type.Optional(Selectors),
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
    /** Sitemaps that could not be read, or not to their end, and why. */
    sitemapProblems: Type.Array(Type.String()),
    /** URLs of sitemaps and links of pages that were not followed, by reason. */
    skipped: Counts,
    /** Some of them. */
    examples: Examples,
    /** What became of the pages, by outcome; those that failed by error code. Set when all have ended. */
    pages: Type.Optional(Counts),
    failures: Type.Optional(Counts),
    /** Messages of some failures, by error code. */
    failureExamples: Type.Optional(Examples),
  }),
  priority: 'high',
  onChildFailure: 'continue',
  report: reportCrawl,
});
