import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import { changeEmbedderRecord, readEmbedderRecord } from '@slipstream/providers';
import type { HandlerOf } from '@slipstream/worker';

/** How long vectors stay after a switch: for questions under way, and for whoever goes back. */
const KEEP_RETIRED_MS = 3_600_000;

/** Compacts the store and brings its indexes up to date; answers go on meanwhile. */
export const createMaintainIndex =
  (store: KnowledgeStore, bus: Bus, now = Date.now): HandlerOf<'maintain-index'> =>
  async ({ dryRun = false }, { log }) => {
    const from = performance.now();
    const { record } = await readEmbedderRecord(bus);
    const retired = (record?.retired ?? [])
      .filter(({ at }) => Date.parse(at) <= now() - KEEP_RETIRED_MS)
      .map(({ id }) => id);
    if (!dryRun) await dropRetired(retired);
    const report = dryRun ? await look(store) : await store.maintain();
    const durationMs = Math.round(performance.now() - from);
    const result = { dryRun, ...report, retiredEmbedders: retired, durationMs };
    log.info(result, 'index upkeep done');
    return result;

    /** In this order: after a crash in between, the next upkeep finds nothing left to drop. */
    async function dropRetired(ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      for (const id of ids) await store.dropVectors(id);
      await changeEmbedderRecord(
        bus,
        (known) =>
          known && { ...known, retired: known.retired.filter(({ id }) => !ids.includes(id)) },
      );
    }
  };

async function look(store: KnowledgeStore) {
  const { chunks, vectors, bytes } = await store.stats();
  const all = Object.values(vectors).reduce((sum, count) => sum + count, 0);
  return { chunks, vectors: all, bytesBefore: bytes, bytesAfter: bytes };
}
