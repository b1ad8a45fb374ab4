import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { embedderFrom } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import { runPool, startWorkerService, type WorkerService } from '@slipstream/worker';
import type { Config } from './config.ts';
import { createHandlers } from './handlers/index.ts';

/** Pool embedding. */
export const startService = (config: Config): Promise<WorkerService> =>
  startWorkerService({
    service: 'embedder',
    description: 'Turns chunks and texts into vectors',
    settings: config,
    async start(parts) {
      const { bus, stack, logger } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const embedder = stack.use(await embedderFrom(config));
      embedder.warm().catch((err: unknown) => logger.warn({ err }, 'the embedder did not warm up'));
      const slots = config.SLIPSTREAM_EMBEDDING_SLOTS;
      return {
        extra: () => ({ embedder: embedder.info.id, breakers: breakers.breakerStates() }),
        pools: [
          runPool(parts, {
            category: 'embedding',
            dependency: 'model',
            tasks,
            handlers: createHandlers({ bus, logger, store, embedder }, slots),
            slots,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
