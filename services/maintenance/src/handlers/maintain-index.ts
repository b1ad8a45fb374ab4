import type { KnowledgeStore } from '@slipstream/knowledge';
import type { HandlerOf } from '@slipstream/worker';

/** Compacts the store and brings its indexes up to date; answers go on meanwhile. */
export const createMaintainIndex =
  (store: KnowledgeStore): HandlerOf<'maintain-index'> =>
  async ({ dryRun = false }, { log }) => {
    const from = performance.now();
    const report = dryRun ? await look(store) : await store.maintain();
    const result = { dryRun, ...report, durationMs: Math.round(performance.now() - from) };
    log.info(result, 'index upkeep done');
    return result;
  };

async function look(store: KnowledgeStore) {
  const { chunks, vectors, bytes } = await store.stats();
  const all = Object.values(vectors).reduce((sum, count) => sum + count, 0);
  return { chunks, vectors: all, bytesBefore: bytes, bytesAfter: bytes };
}
