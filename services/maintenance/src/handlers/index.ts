import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Handlers } from '@slipstream/worker';
import { createMaintainIndex } from './maintain-index.ts';

export const maintenanceHandlers = (store: KnowledgeStore): Handlers<'maintenance'> => ({
  'maintain-index': createMaintainIndex(store),
});

/** No kind is a batch of its own yet: workflows are made of the kinds of the other pools. */
export const batchHandlers: Handlers<'batch'> = {};
