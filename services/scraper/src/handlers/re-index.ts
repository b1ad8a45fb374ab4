import { brandToken, subjects } from '@slipstream/contracts';
import { subjectsOf } from '@slipstream/jetstream';
import type { HandlerOf } from '@slipstream/worker';
import type { ScraperParts } from './index.ts';

/**
 * Makes each known document of the scope a child that writes it anew. They run in the turns of
 * their documents, as the writes of a crawl do, so that a page that is read meanwhile is not
 * written over by its older text.
 */
export const createReIndex =
  ({ bus, store }: ScraperParts): HandlerOf<'re-index'> =>
  async ({ dryRun = false, brand, source, docId }, { addChildren, log }) => {
    const documents = await store.listDocuments({
      ...(brand !== undefined && { brand }),
      ...(source !== undefined && { source }),
      ...(docId !== undefined && { docId }),
    });
    const token = brand === undefined ? '*' : brandToken(brand);
    const kept = new Set(await subjectsOf(bus, 'TEXTS', subjects.pageText(token, '*', 0)));
    const hasText = (of: { brand: string; docId: string }): boolean =>
      kept.has(subjects.pageText(brandToken(of.brand), of.docId, 0));
    if (!dryRun) {
      await addChildren(
        documents.map(({ brand: of, docId, url }) => ({
          key: `${brandToken(of)}.${docId}`,
          kind: 'index-write',
          payload: { brand: of, docId, url, rebuild: true },
          priority: 'bulk',
        })),
      );
    }
    const report = {
      dryRun,
      documents: documents.length,
      chunks: documents.reduce((sum, { chunks }) => sum + chunks, 0),
      withoutText: documents.filter((one) => !hasText(one)).length,
      ...{ added: 0, removed: 0, failed: 0 },
    };
    log.info(report, dryRun ? 'looked for documents to index anew' : 'documents are indexed anew');
    return report;
  };
