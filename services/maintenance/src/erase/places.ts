import {
  anyBrandToken,
  brandToken,
  subjects,
  type TaskTable,
  tasks,
  timeOfId,
} from '@slipstream/contracts';
import {
  bumpIndexVersion,
  eraseMessages,
  messagesOf,
  type StoredMessage,
  sourceOfText,
  subjectsOf,
} from '@slipstream/jetstream';
import { brandOf, deleteSchedule, isWithin, readSchedules, readTask } from '@slipstream/tasklog';
import { blobPlace } from './blobs.ts';
import { cachePlaces } from './buckets.ts';
import { type Place, type PlaceParts, place, sum } from './place.ts';

/** Recurring tasks of the scope: they would bring it back. Removed before anything else. */
export const schedulePlace = ({ bus, scope }: Pick<PlaceParts, 'bus' | 'scope'>): Place =>
  place('schedules', async (erase) => {
    const schedules = await readSchedules(bus);
    const meant = schedules.filter(({ task }) => isWithin(scope, task.payload));
    if (erase) for (const { name } of meant) await deleteSchedule(bus, name);
    return meant.length;
  });

/** Chunks and vectors. */
export function storePlace({
  bus,
  store,
  scope,
}: Pick<PlaceParts, 'bus' | 'store' | 'scope'>): Place {
  const { url: _url, ...filter } = scope;
  const look = async () => ({
    chunks: sum((await store.listDocuments(filter)).map(({ chunks }) => chunks)),
    vectors: sum((await store.listVectors(filter)).map(({ vectors }) => vectors)),
  });
  return {
    look,
    async erase() {
      const before = await look();
      // Also when nothing is found: an attempt before may have died between deleting and compacting.
      await store.erase(filter);
      // No cached answer of before is given from here on.
      await bumpIndexVersion(bus, scope.brand);
      return before;
    },
  };
}

/** Everything else, in any order. */
export const otherPlaces = (parts: PlaceParts): readonly Place[] => [
  blobPlace(parts),
  ...cachePlaces(parts),
  taskStream(parts, 'LIVE', 'live', { mayMention: true }),
  // A workflow over several brands needs its nodes until it ends; then they go.
  taskStream(parts, 'FLOWS', 'flow', { mayMention: false }),
  askedPlace(parts),
  textPlace(parts),
];

/**
 * Questions as they were asked: all of the brand; of a part of it, and of those that name no brand,
 * the ones whose answer quotes the scope, or that were shown one of its passages.
 */
const askedPlace = ({ bus, scope, mentions }: PlaceParts): Place =>
  place('asked', async (erase) => {
    const within = scope.url ?? scope.source;
    let count = 0;
    for (const token of [brandToken(scope.brand), anyBrandToken]) {
      const filter = subjects.asked(token, '*');
      const isMeant = ({ data }: StoredMessage): boolean => {
        if (within !== undefined) return Buffer.from(data).includes(jsonText(within));
        return token !== anyBrandToken || mentions.in(data);
      };
      if (erase) count += await eraseMessages(bus, 'ASKED', filter, isMeant);
      else
        for await (const batch of messagesOf(bus, 'ASKED', filter))
          count += batch.filter(isMeant).length;
    }
    return count;
  });

/** As a text reads within JSON. */
const jsonText = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The texts of documents. */
const textPlace = ({ bus, scope: { brand, source, docId = '*' } }: PlaceParts): Place =>
  place('texts', async (erase) => {
    const isMeant = (message: StoredMessage): boolean =>
      source === undefined || sourceOfText(message) === source;
    const filter = subjects.pageText(brandToken(brand), docId, '*');
    if (erase) return eraseMessages(bus, 'TEXTS', filter, isMeant);
    let count = 0;
    for await (const batch of messagesOf(bus, 'TEXTS', filter))
      count += batch.filter(isMeant).length;
    return count;
  });

/** Messages `<prefix>.<id of a task>` of tasks that work on the scope, or may have quoted it. */
function taskStream(
  parts: PlaceParts,
  stream: string,
  prefix: string,
  { mayMention }: { readonly mayMention: boolean },
): Place {
  const { bus, projection, scope, mentions, mayQuote } = parts;
  return place(prefix, async (erase) => {
    let count = 0;
    for (const subject of await subjectsOf(bus, stream, `${prefix}.*`)) {
      const id = subject.slice(prefix.length + 1);
      if (!mayQuote(timeOfId(id))) continue;
      const row = await projection.ask('task', id);
      const payload = row && (await readTask(bus, row))?.payload;
      const quotes = (tasks as TaskTable)[row?.kind ?? '']?.payloadHoldsText === true;
      const brand = brandOf(payload);
      const meant =
        isWithin(scope, payload) ||
        (quotes && brand === scope.brand) ||
        (brand === undefined && mayMention && (await mentions.inStream(bus, stream, subject)));
      if (!meant) continue;
      if (erase) count += await eraseMessages(bus, stream, subject);
      else count += 1;
    }
    return count;
  });
}
