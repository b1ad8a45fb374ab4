import { brandToken, type PageState, sourceOf } from '@slipstream/contracts';
import {
  brandBuckets,
  eraseEntries,
  messagesOf,
  type StoredMessage,
  subjectsOf,
} from '@slipstream/jetstream';
import { type Place, type PlaceParts, place } from './place.ts';

/** Buckets that are keyed by brand: what can be made again is erased by rewriting the bucket. */
export const bucketPlaces = (parts: PlaceParts): readonly Place[] =>
  brandBuckets.map(({ name, ttlMs }) =>
    ttlMs > 0 ? cache(parts, name) : memoryPlace(parts, name),
  );

/** An answer may rest on several sources: of a brand all entries go. */
const cache = ({ bus, scope, mentions }: PlaceParts, bucket: string): Place => {
  const own = `$KV.${bucket}.${brandToken(scope.brand)}.`;
  const shared = `$KV.${bucket}.${brandToken('*')}.`;
  const isMeant = ({ subject, data }: StoredMessage): boolean =>
    subject.startsWith(own) || (subject.startsWith(shared) && mentions.in(data));
  return place(bucket, async (erase) => {
    if (erase) return eraseEntries(bus, bucket, isMeant);
    let found = 0;
    for await (const batch of messagesOf(bus, `KV_${bucket}`, `$KV.${bucket}.>`)) {
      found += batch.filter((entry) => entry.data.length > 0 && isMeant(entry)).length;
    }
    return found;
  });
};

/** Entries that name the URL they are about. They hold addresses and hashes, no texts: forgotten is enough. */
export const memoryPlace = (
  { bus, scope }: Pick<PlaceParts, 'bus' | 'scope'>,
  bucket: string,
): Place => {
  const stream = `KV_${bucket}`;
  const filter = `$KV.${bucket}.${brandToken(scope.brand)}.>`;
  return place(bucket, async (erase) => {
    if (scope.source === undefined) {
      const subjects = await subjectsOf(bus, stream, filter);
      if (erase) await bus.manager.streams.purge(stream, { filter });
      return subjects.length;
    }
    let found = 0;
    for await (const batch of messagesOf(bus, stream, filter)) {
      for (const { subject, data } of batch) {
        if (data.length === 0 || !isOf(JSON.parse(Buffer.from(data).toString()) as PageState))
          continue;
        found += 1;
        if (erase) await bus.manager.streams.purge(stream, { filter: subject });
      }
    }
    return found;
  });

  function isOf({ url }: Partial<PageState>): boolean {
    if (url === undefined) return false;
    return scope.url === undefined ? sourceOf(url) === scope.source : url === scope.url;
  }
};
