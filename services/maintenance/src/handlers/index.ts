import { createRunWorkflow } from '@slipstream/flows';
import type { Handlers } from '@slipstream/worker';
import { createCleanUp } from './clean-up.ts';
import { createDeadLetterDigest } from './dead-letter-digest.ts';
import { createDeliverWebhook, type WebhookParts } from './deliver-webhook.ts';
import { createEraseSource, type EraseParts } from './erase-source.ts';
import { createHealthSnapshot } from './health-snapshot.ts';
import { createMaintainIndex } from './maintain-index.ts';
import { createRecrawl } from './recrawl.ts';
import { createRetention } from './retention.ts';
import { createSweepStuck } from './sweep-stuck.ts';
import { createWarmCache } from './warm-cache.ts';

export const maintenanceHandlers = (
  parts: EraseParts,
  retentionDays: number,
): Handlers<'maintenance'> => {
  const { bus, projection, store } = parts;
  return {
    'maintain-index': createMaintainIndex(store, bus),
    'health-snapshot': createHealthSnapshot(bus),
    'dead-letter-digest': createDeadLetterDigest(projection),
    'clean-up': createCleanUp(bus, projection),
    'erase-source': createEraseSource(parts),
    retention: createRetention(parts, retentionDays),
    recrawl: createRecrawl(bus, projection),
    'sweep-stuck': createSweepStuck(parts),
    'warm-cache': createWarmCache(bus),
  };
};

export const batchHandlers = (
  parts: WebhookParts & Pick<EraseParts, 'bus'>,
): Handlers<'batch'> => ({
  'run-workflow': createRunWorkflow(parts.bus),
  'deliver-webhook': createDeliverWebhook(parts),
});
