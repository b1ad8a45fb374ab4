import { runWorkflow } from '@slipstream/flows';
import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { Projection } from '@slipstream/tasklog';
import type { Handlers } from '@slipstream/worker';
import { createCleanUp } from './clean-up.ts';
import { createDeadLetterDigest } from './dead-letter-digest.ts';
import { createDeliverWebhook, type WebhookParts } from './deliver-webhook.ts';
import { createHealthSnapshot } from './health-snapshot.ts';
import { createMaintainIndex } from './maintain-index.ts';
import { createWarmCache } from './warm-cache.ts';

export interface MaintenanceParts {
  readonly bus: Bus;
  readonly projection: Projection;
  readonly store: KnowledgeStore;
}

export const maintenanceHandlers = ({
  bus,
  projection,
  store,
}: MaintenanceParts): Handlers<'maintenance'> => ({
  'maintain-index': createMaintainIndex(store),
  'health-snapshot': createHealthSnapshot(bus),
  'dead-letter-digest': createDeadLetterDigest(projection),
  'clean-up': createCleanUp(bus, projection),
  'warm-cache': createWarmCache(bus),
});

export const batchHandlers = (parts: WebhookParts): Handlers<'batch'> => ({
  'run-workflow': runWorkflow,
  'deliver-webhook': createDeliverWebhook(parts),
});
