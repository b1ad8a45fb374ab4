import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { embedderFrom, embeddersFrom } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import {
  createBrandFence,
  runPool,
  startWorkerService,
  type WorkerService,
} from '@slipstream/worker';
import type { Config } from './config.ts';
import { createHandlers } from './handlers/index.ts';
import { waitForModel } from './handlers/wait-for-model.ts';

/** Pool embedding. */
export async function startService(config: Config): Promise<WorkerService> {
  // Before NATS is waited for, so that a wrong setting is told without it. Nothing is loaded yet.
  const embedder = await embedderFrom(config);
  return startWorkerService({
    service: 'embedder',
    description: 'Turns chunks and texts into vectors',
    settings: config,
    async start(parts) {
      const { bus, stack, logger } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const embedders = stack.use(
        await embeddersFrom(bus, embedder, config, {
          wrap: waitForModel,
          onSwitch: (id) => logger.info({ embedder: id }, 'searches use another embedder'),
          onError: (err) => logger.warn({ err }, 'the embedder that is searched could not be read'),
        }),
      );
      const [searched, wanted] = [embedders.active.info.id, embedder.info.id];
      if (searched !== wanted)
        logger.warn(
          { searched, wanted },
          'searches use the embedder before, until re-embed is run',
        );
      embedders.active
        .warm()
        .catch((err: unknown) => logger.warn({ err }, 'the embedder did not warm up'));
      const slots = config.SLIPSTREAM_EMBEDDING_SLOTS;
      const fence = stack.use(createBrandFence(parts));
      return {
        extra: () => ({ embedder: embedders.active.info.id, breakers: breakers.breakerStates() }),
        pools: [
          runPool(parts, {
            category: 'embedding',
            dependency: 'model',
            tasks,
            handlers: fence.guard(createHandlers({ bus, logger, store, embedders }, slots)),
            slots,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
}
