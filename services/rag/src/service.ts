import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { answerModelsFrom, embedderFrom, embeddersFrom, rerankerFrom } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import {
  createBrandFence,
  notesCacheFrom,
  runPool,
  startWorkerService,
  type WorkerService,
} from '@slipstream/worker';
import type { Config } from './config.ts';
import { createHandlers } from './handlers/index.ts';
import { createRetriever } from './retrieve/retriever.ts';

/** Pool rag, with a warm embedder of its own: a question never waits behind bulk embedding. */
export async function startService(config: Config): Promise<WorkerService> {
  // Before NATS is waited for, so that a wrong setting is told without it. Nothing is loaded yet.
  const embedder = await embedderFrom(config, 1);
  const models = await answerModelsFrom(config);
  const reranker = rerankerFrom(config);
  return startWorkerService({
    service: 'rag',
    description: 'Finds passages and answers questions with citations',
    settings: config,
    async start(parts) {
      const { bus, stack, logger } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const embedders = stack.use(
        await embeddersFrom(bus, embedder, config, {
          threads: 1,
          onSwitch: (id) => logger.info({ embedder: id }, 'searches use another embedder'),
          onError: (err) => logger.warn({ err }, 'the embedder that is searched could not be read'),
        }),
      );
      await embedders.active.warm();
      if (reranker) {
        stack.use(reranker);
        reranker
          .warm()
          .catch((err: unknown) => logger.warn({ err }, 'the reranker did not warm up'));
      }
      const retrieve = createRetriever(store, embedders, {
        fusion: config.SLIPSTREAM_FUSION,
        fusionWeight: config.SLIPSTREAM_FUSION_WEIGHT,
        reranker,
        depth: config.SLIPSTREAM_RERANKER_DEPTH,
      });
      const cache = notesCacheFrom(bus, config);
      const notes = { bus, cache, maxChars: config.SLIPSTREAM_NOTES_MODEL_CHARS };
      const fence = stack.use(createBrandFence(parts));
      return {
        extra: () => ({
          embedder: embedders.active.info.id,
          reranker: reranker?.id ?? 'features',
          answerModel: models.ids.join(', ') || 'extractive',
          breakers: breakers.breakerStates(),
        }),
        pools: [
          runPool(parts, {
            category: 'rag',
            tasks,
            handlers: fence.guard(createHandlers(retrieve, models, notes)),
            slots: config.SLIPSTREAM_RAG_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
}
