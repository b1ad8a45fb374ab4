import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { answerModelFrom, embedderFrom, promptId } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import { runPool, startWorkerService, type WorkerService } from '@slipstream/worker';
import { createAnswerCache } from './cache/answer-cache.ts';
import { cacheOptionsFrom } from './cache/cache-settings.ts';
import type { Config } from './config.ts';
import { createHandlers } from './handlers/index.ts';
import { createRetriever, retrievalRecipe } from './retrieve/retriever.ts';
import { createTermWeights } from './retrieve/term-weights.ts';

/** Pool rag, with a warm embedder of its own: a question never waits behind bulk embedding. */
export const startService = (config: Config): Promise<WorkerService> =>
  startWorkerService({
    service: 'rag',
    description: 'Finds passages and answers questions with citations',
    settings: config,
    async start(parts) {
      const { bus, logger, stack } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const embedder = stack.use(await embedderFrom(config, 1));
      await embedder.warm();
      const model = await answerModelFrom(config);
      const termWeights = createTermWeights(store);
      const retrieve = createRetriever(store, embedder, termWeights);
      const recipe = () =>
        JSON.stringify([model?.id ?? 'extractive', promptId, retrievalRecipe(embedder.info)]);
      const cacheParts = { bus, logger, termWeights, recipe };
      const cache = stack.use(createAnswerCache(cacheParts, cacheOptionsFrom(config)));
      const embedderId = embedder.info.id;
      return {
        extra: () => ({
          embedder: embedder.info.id,
          answerModel: model?.id ?? 'extractive',
          breakers: breakers.breakerStates(),
        }),
        pools: [
          runPool(parts, {
            category: 'rag',
            tasks,
            handlers: createHandlers({ bus, logger, retrieve, model, embedderId, cache }),
            slots: config.SLIPSTREAM_RAG_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
