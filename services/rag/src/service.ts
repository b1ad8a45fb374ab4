import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import {
  answerModelsFrom,
  embedderFrom,
  embeddersFrom,
  promptId,
  rerankerFrom,
} from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import {
  createBrandFence,
  notesCacheFrom,
  runPool,
  startWorkerService,
  type WorkerService,
} from '@slipstream/worker';
import { createAnswerCache } from './cache/answer-cache.ts';
import { cacheOptionsFrom } from './cache/cache-settings.ts';
import type { Config } from './config.ts';
import { documentsEndpoint } from './documents-endpoint.ts';
import { createHandlers } from './handlers/index.ts';
import { createRetriever, retrievalRecipe } from './retrieve/retriever.ts';
import { createTermWeights } from './retrieve/term-weights.ts';

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
      const options = {
        fusion: config.SLIPSTREAM_FUSION,
        fusionWeight: config.SLIPSTREAM_FUSION_WEIGHT,
        reranker,
        depth: config.SLIPSTREAM_RERANKER_DEPTH,
      };
      const answerFrom = config.SLIPSTREAM_ANSWER_CONFIDENCE;
      const termWeights = createTermWeights(store);
      const retrieve = createRetriever(store, embedders, options, termWeights);
      const recipe = () =>
        JSON.stringify([
          models.ids,
          promptId,
          answerFrom,
          retrievalRecipe(embedders.active.info, options),
        ]);
      const cacheParts = { bus, logger, termWeights: () => termWeights('en'), recipe };
      const cache = stack.use(createAnswerCache(cacheParts, cacheOptionsFrom(config)));
      const notes = {
        cache: notesCacheFrom(bus, config),
        maxChars: config.SLIPSTREAM_NOTES_MODEL_CHARS,
      };
      const fence = stack.use(createBrandFence(parts));
      const { fusionWeight } = options;
      const rag = {
        bus,
        logger,
        store,
        embedders,
        retrieve,
        models,
        answerFrom,
        cache,
        notes,
        fusionWeight,
      };
      return {
        extra: () => ({
          embedder: embedders.active.info.id,
          reranker: reranker?.id ?? 'features',
          answerModel: models.ids.join(', ') || 'extractive',
          breakers: breakers.breakerStates(),
        }),
        endpoints: [documentsEndpoint(store)],
        pools: [
          runPool(parts, {
            category: 'rag',
            tasks,
            handlers: fence.guard(createHandlers(rag)),
            slots: config.SLIPSTREAM_RAG_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
}
