import { runWorkflow } from '@slipstream/flows';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Handlers } from '@slipstream/worker';
import { createMaintainIndex } from './maintain-index.ts';

export const maintenanceHandlers = (store: KnowledgeStore): Handlers<'maintenance'> => ({
  'maintain-index': createMaintainIndex(store),
});

export const batchHandlers: Handlers<'batch'> = {
  'run-workflow': runWorkflow,
};
