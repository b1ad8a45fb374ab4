/** A worker of its own: health, metrics and a place in `GET /v1/workers` come with it. */
import { readEnv } from '@slipstream/config';
import {
  runPool,
  runService,
  slotsSetting,
  startWorkerService,
  workerSettings,
} from '@slipstream/worker';
import { Type } from 'typebox';
import { tasks } from './check-link.ts';
import { createHandlers } from './handlers.ts';

const settings = Type.Object({
  ...workerSettings,
  SLIPSTREAM_BATCH_SLOTS: slotsSetting('batch', 5),
});

await runService(() => {
  const config = readEnv(settings, process.env);
  return startWorkerService({
    service: 'own-kind',
    description: 'Checks links',
    settings: config,
    tasks,
    start: async (parts) => ({
      pools: [
        runPool(parts, {
          category: 'batch',
          tasks,
          handlers: createHandlers(),
          slots: config.SLIPSTREAM_BATCH_SLOTS,
          drainMs: config.SLIPSTREAM_DRAIN_MS,
        }),
      ],
    }),
  });
});
