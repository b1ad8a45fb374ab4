import type { ResultOf, Source, Tasks } from '@slipstream/contracts';
import type { HandlerOf } from '@slipstream/worker';
import { createDescriber } from '../sources/describe-source.ts';
import { knownSources } from '../sources/known-sources.ts';
import { createPayloads, type SourceParts } from '../sources/source-parts.ts';

const DAY_MS = 86_400_000;

/** Finds sources that are kept too long, and erases each as a task of its own, with its proof. */
export const createRetention =
  (
    opened: Omit<SourceParts, 'payloads'>,
    defaultDays: number,
    now = Date.now,
  ): HandlerOf<'retention'> =>
  async ({ dryRun = false, days = defaultDays, brandDays = {} }, { addChildren, log, signal }) => {
    const parts = { ...opened, payloads: createPayloads(opened.bus) };
    const describe = createDescriber(parts);
    await parts.projection.barrier();
    const due: ResultOf<Tasks['retention']>['due'] = [];
    const children = [];
    const known = await knownSources(parts);
    for (const one of known) {
      signal.throwIfAborted();
      const keptDays = brandDays[one.scope.brand] ?? days;
      if (keptDays === 0 || one.documents.length === 0) continue;
      const { source, scope } = await describe(one);
      const lastReadAt = lastRead(source);
      if (lastReadAt === undefined || Date.parse(lastReadAt) > now() - keptDays * DAY_MS) continue;
      const { id, brand, url } = source;
      due.push({ id, brand, url, lastReadAt });
      children.push({ key: id, kind: 'erase-source' as const, payload: scope });
    }
    if (!dryRun) await addChildren(children);
    const result = { dryRun, days, looked: known.length, due };
    if (due.length > 0) log.warn(result, 'sources are past their retention');
    return result;
  };

/** When it was read, or a crawl found it unchanged. */
function lastRead({ freshness, lastCrawl }: Source): string | undefined {
  const crawled = lastCrawl?.state === 'succeeded' ? lastCrawl.at : undefined;
  return [freshness?.newest, crawled]
    .filter((at) => at !== undefined)
    .sort()
    .at(-1);
}
