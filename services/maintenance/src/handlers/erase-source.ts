import { RetryLaterError, type SourceScope, TerminalError, timeOfId } from '@slipstream/contracts';
import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import {
  type Erasure,
  type EventLog,
  type Projection,
  readErasures,
  writeErasure,
} from '@slipstream/tasklog';
import { type HandlerOf, waitUntilQuiet } from '@slipstream/worker';
import { createMentions } from '../erase/mentions.ts';
import { cancelOpenTasks } from '../erase/open-tasks.ts';
import { type Counts, type Place, sum } from '../erase/place.ts';
import { otherPlaces, schedulePlace, storePlace } from '../erase/places.ts';

export interface EraseParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly store: KnowledgeStore;
}

/** Searches of all places before another attempt is asked for: a writer may have come between. */
const MAX_ROUNDS = 3;

/**
 * Erases a brand, or one of its sources, everywhere, and searches everywhere again: the counts are
 * the proof. First the fence, so that nothing older can bring it back; then what runs is stopped and
 * waited for; then place after place. Each step may be repeated: after a crash the next attempt does
 * what is left and adds to what was counted.
 */
export const createEraseSource =
  ({ bus, log, projection, store }: EraseParts): HandlerOf<'erase-source'> =>
  async ({ dryRun = false, ...scope }, { id, signal, progress, log: logger }) => {
    const from = performance.now();
    if ((scope.url === undefined) !== (scope.docId === undefined)) {
      const message = 'payload: url and docId name one document together: give both, or none';
      throw new TerminalError(message, { code: 'invalid-payload' });
    }
    const erasure = await beginErasure(bus, store, scope, id, dryRun);
    const mentions = createMentions(scope, erasure.urls);
    const parts = { bus, log, projection, store, scope, mentions };
    const places = [schedulePlace(parts), storePlace(parts), ...otherPlaces(parts)];
    let { cancelled, removed } = erasure;

    async function note(more: Counts, state: Erasure['state'] = 'running'): Promise<void> {
      removed = add(removed, more);
      await writeErasure(bus, { ...erasure, cancelled, removed, state });
    }

    async function eraseAll(): Promise<void> {
      const [schedules, index, ...others] = places as [Place, Place, ...Place[]];
      await note(await schedules.erase());
      cancelled += await cancelOpenTasks(parts, scope, erasure.atMs);
      await waitUntilQuiet(bus, scope.brand, signal);
      await note(await index.erase());
      // What read the index before that may still be writing its answer.
      await waitUntilQuiet(bus, scope.brand, signal);
      for (const one of others) await note(await one.erase());
    }

    let foundAfter = await lookAll(places);
    let rounds = 0;
    do {
      if (dryRun) break;
      if (rounds === MAX_ROUNDS) throw foundAgain(foundAfter);
      signal.throwIfAborted();
      progress({ done: rounds, message: 'erasing' });
      await eraseAll();
      foundAfter = await lookAll(places);
      rounds += 1;
    } while (sum(Object.values(foundAfter)) > 0);
    if (!dryRun) await note({}, 'done');

    const durationMs = Math.round(performance.now() - from);
    const { brand, source, url } = scope;
    const what = { dryRun, brand, ...(source && { source }), ...(url && { url }) };
    const result = { ...what, cancelled, removed, foundAfter, rounds, durationMs };
    logger.info(result, dryRun ? 'looked for what would be erased' : 'erased');
    return result;
  };

/** The fence is set when this resolves. Another attempt goes on with what the first one wrote. */
async function beginErasure(
  bus: Bus,
  store: KnowledgeStore,
  scope: SourceScope,
  taskId: string,
  dryRun: boolean,
): Promise<Erasure> {
  const known = (await readErasures(bus, scope.brand)).find((one) => one.taskId === taskId);
  if (known) return known;
  const { url: _url, ...filter } = scope;
  const documents = await store.listDocuments(filter);
  const urls = new Set(documents.map(({ source, url }) => (source === 'upload' ? url : source)));
  for (const own of [scope.url ?? scope.source]) if (own && own !== 'upload') urls.add(own);
  const erasure: Erasure = {
    ...{ scope, taskId, atMs: timeOfId(taskId), urls: [...urls] },
    ...{ cancelled: 0, removed: {}, state: 'running' },
  };
  if (!dryRun) await writeErasure(bus, erasure);
  return erasure;
}

async function lookAll(places: readonly Place[]): Promise<Counts> {
  let found: Counts = {};
  for (const one of places) found = add(found, await one.look());
  return found;
}

function add(some: Counts, more: Counts): Counts {
  const all = { ...some };
  for (const [name, count] of Object.entries(more)) all[name] = (all[name] ?? 0) + count;
  return all;
}

function foundAgain(found: Counts): RetryLaterError {
  const left = Object.entries(found).filter(([, count]) => count > 0);
  const text = left.map(([name, count]) => `${name}: ${count}`).join(', ');
  return new RetryLaterError(
    `after ${MAX_ROUNDS} rounds there is still something (${text}); another attempt follows`,
    { code: 'erase-incomplete' },
  );
}
