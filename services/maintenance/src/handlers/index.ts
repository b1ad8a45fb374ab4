import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Handlers } from '@slipstream/worker';
import { createDeliverWebhook, type WebhookParts } from './deliver-webhook.ts';
import { createMaintainIndex } from './maintain-index.ts';

export const maintenanceHandlers = (store: KnowledgeStore): Handlers<'maintenance'> => ({
  'maintain-index': createMaintainIndex(store),
});

export const batchHandlers = (parts: WebhookParts): Handlers<'batch'> => ({
  'deliver-webhook': createDeliverWebhook(parts),
});
