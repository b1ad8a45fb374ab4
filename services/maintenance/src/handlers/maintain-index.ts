import type { KnowledgeStore } from '@slipstream/knowledge';
import type { HandlerOf } from '@slipstream/worker';

/** Compacts the store and brings its indexes up to date; answers go on meanwhile. */
export const createMaintainIndex =
  (store: KnowledgeStore): HandlerOf<'maintain-index'> =>
  async (_payload, { log }) => {
    const from = performance.now();
    const report = await store.maintain();
    const result = { ...report, durationMs: Math.round(performance.now() - from) };
    log.info(result, 'index upkeep done');
    return result;
  };
