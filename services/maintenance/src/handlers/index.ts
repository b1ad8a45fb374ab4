import { createRunWorkflow } from '@slipstream/flows';
import type { Bus } from '@slipstream/jetstream';
import type { KnowledgeStore } from '@slipstream/knowledge';
import type { EventLog, Projection } from '@slipstream/tasklog';
import type { Handlers } from '@slipstream/worker';
import { createCleanUp } from './clean-up.ts';
import { createDeadLetterDigest } from './dead-letter-digest.ts';
import { createDeliverWebhook, type WebhookParts } from './deliver-webhook.ts';
import { createHealthSnapshot } from './health-snapshot.ts';
import { createMaintainIndex } from './maintain-index.ts';
import { createRecrawl } from './recrawl.ts';
import { createSweepStuck } from './sweep-stuck.ts';

export interface MaintenanceParts {
  readonly bus: Bus;
  readonly log: EventLog;
  readonly projection: Projection;
  readonly store: KnowledgeStore;
}

export const maintenanceHandlers = ({
  bus,
  log,
  projection,
  store,
}: MaintenanceParts): Handlers<'maintenance'> => ({
  'maintain-index': createMaintainIndex(store),
  'health-snapshot': createHealthSnapshot(bus),
  'dead-letter-digest': createDeadLetterDigest(projection),
  'clean-up': createCleanUp(bus, projection),
  recrawl: createRecrawl(bus, projection),
  'sweep-stuck': createSweepStuck({ bus, log, projection }),
});

export const batchHandlers = (
  parts: WebhookParts & Pick<MaintenanceParts, 'bus'>,
): Handlers<'batch'> => ({
  'run-workflow': createRunWorkflow(parts.bus),
  'deliver-webhook': createDeliverWebhook(parts),
});
