import { type TaskTable, tasks } from '@slipstream/contracts';
import { eraseMessages, subjectsOf } from '@slipstream/jetstream';
import { brandOf, deleteSchedule, isWithin, readSchedules, readTask } from '@slipstream/tasklog';
import { blobPlace } from './blobs.ts';
import { bucketPlaces } from './buckets.ts';
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
export function storePlace({ store, scope }: Pick<PlaceParts, 'store' | 'scope'>): Place {
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
      return before;
    },
  };
}

/** Everything else, in any order. */
export const otherPlaces = (parts: PlaceParts): readonly Place[] => [
  blobPlace(parts),
  ...bucketPlaces(parts),
  taskStream(parts, 'LIVE', 'live'),
  taskStream(parts, 'FLOWS', 'flow'),
];

/** Messages `<prefix>.<id of a task>` of tasks that work on the scope, or may have quoted it. */
function taskStream(parts: PlaceParts, stream: string, prefix: string): Place {
  const { bus, projection, scope, mentions } = parts;
  return place(prefix, async (erase) => {
    let count = 0;
    for (const subject of await subjectsOf(bus, stream, `${prefix}.*`)) {
      const row = await projection.ask('task', subject.slice(prefix.length + 1));
      const payload = row && (await readTask(bus, row))?.payload;
      const quotes = (tasks as TaskTable)[row?.kind ?? '']?.resultHoldsText === true;
      const brand = brandOf(payload);
      const meant =
        isWithin(scope, payload) ||
        (quotes && brand === scope.brand) ||
        (brand === undefined && (await mentions.inStream(bus, stream, subject)));
      if (!meant) continue;
      if (erase) count += await eraseMessages(bus, stream, subject);
      else count += 1;
    }
    return count;
  });
}
