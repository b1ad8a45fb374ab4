import { brandToken, type PageState, type SourceScope, sourceOf } from '@slipstream/contracts';
import { brandBuckets, eraseEntries, messagesOf, type StoredMessage } from '@slipstream/jetstream';
import { type Place, type PlaceParts, place } from './place.ts';

const PAGES = 'pages';

/** Caches that are keyed by brand. An answer may rest on several sources: of a brand all entries go. */
export const cachePlaces = ({ bus, scope, mentions, mayQuote }: PlaceParts): readonly Place[] =>
  brandBuckets
    .filter(({ name }) => name !== PAGES)
    .map(({ name }) => {
      const own = `$KV.${name}.${brandToken(scope.brand)}.`;
      const shared = `$KV.${name}.${brandToken('*')}.`;
      const isMeant = ({ subject, data, time }: StoredMessage): boolean =>
        data.length > 0 &&
        mayQuote(Date.parse(time)) &&
        (subject.startsWith(own) || (subject.startsWith(shared) && mentions.in(data)));
      return place(name, async (erase) => {
        if (erase) return eraseEntries(bus, name, isMeant);
        let found = 0;
        for await (const batch of messagesOf(bus, `KV_${name}`, `$KV.${name}.>`)) {
          found += batch.filter(isMeant).length;
        }
        return found;
      });
    });

/**
 * What is remembered of pages: addresses and hashes, no texts, so forgotten is enough. A page that
 * was redirected is known by its document.
 */
export const pagePlace = (
  { bus, scope }: Pick<PlaceParts, 'bus' | 'scope'>,
  documents: () => Promise<readonly { readonly docId: string }[]>,
): Place =>
  place(PAGES, async (erase) => {
    const docIds = new Set((await documents()).map(({ docId }) => docId));
    let found = 0;
    const filter = `$KV.${PAGES}.${brandToken(scope.brand)}.>`;
    for await (const batch of messagesOf(bus, `KV_${PAGES}`, filter)) {
      for (const { subject, data } of batch) {
        if (data.length === 0) continue;
        const { url } = JSON.parse(Buffer.from(data).toString()) as PageState;
        const docId = subject.slice(subject.lastIndexOf('.') + 1);
        if (!docIds.has(docId) && !isOf(scope, url)) continue;
        found += 1;
        if (erase) await bus.manager.streams.purge(`KV_${PAGES}`, { filter: subject });
      }
    }
    return found;
  });

function isOf({ source, url: own }: SourceScope, url: string): boolean {
  if (source === undefined) return true;
  return own === undefined ? sourceOf(url) === source : url === own;
}
