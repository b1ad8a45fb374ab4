import { Type } from 'typebox';
import { defineTask } from '../define-task.ts';
import { DryRun } from './fields.ts';

export const recrawl = defineTask({
  kind: 'recrawl',
  category: 'maintenance',
  summary: 'Crawl every known site again: all of it, or what its sitemap and its first page name',
  payload: Type.Object(
    {
      dryRun: DryRun,
      scope: Type.Optional(
        Type.Enum(['full', 'delta'], {
          description:
            '`full`: follow links as the first crawl did; `delta` (the default): pages of the sitemap, the first page and what that links to. Both ask servers for changed pages only',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  result: Type.Object({
    dryRun: Type.Boolean(),
    scope: Type.Enum(['full', 'delta']),
    sites: Type.Array(
      Type.Object({
        brand: Type.String(),
        url: Type.String(),
        crawledAt: Type.String({ format: 'date-time', description: 'The crawl before' }),
      }),
      { description: 'Those of which pages are known; none until a site was crawled' },
    ),
    forgotten: Type.Integer({
      description: 'Sites left out, for nothing of them is known any more',
    }),
  }),
  priority: 'low',
  onChildFailure: 'continue',
});
