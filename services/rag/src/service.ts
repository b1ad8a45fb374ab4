import { join } from 'node:path';
import { tasks } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { answerModelFrom, embedderFrom } from '@slipstream/providers';
import { breakers } from '@slipstream/resilience';
import {
  notesCacheFrom,
  runPool,
  startWorkerService,
  type WorkerService,
} from '@slipstream/worker';
import type { Config } from './config.ts';
import { createHandlers } from './handlers/index.ts';
import { createRetriever } from './retrieve/retriever.ts';

/** Pool rag, with a warm embedder of its own: a question never waits behind bulk embedding. */
export const startService = (config: Config): Promise<WorkerService> =>
  startWorkerService({
    service: 'rag',
    description: 'Finds passages and answers questions with citations',
    settings: config,
    async start(parts) {
      const { bus, stack } = parts;
      const uri = join(config.SLIPSTREAM_DATA_DIR, 'knowledge');
      const store = stack.use(await openKnowledgeStore({ uri }));
      const embedder = stack.use(await embedderFrom(config, 1));
      await embedder.warm();
      const model = await answerModelFrom(config);
      const cache = notesCacheFrom(bus, config);
      const notes = { bus, cache, maxChars: config.SLIPSTREAM_NOTES_MODEL_CHARS };
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
            handlers: createHandlers(createRetriever(store, embedder), model, notes),
            slots: config.SLIPSTREAM_RAG_SLOTS,
            drainMs: config.SLIPSTREAM_DRAIN_MS,
          }),
        ],
      };
    },
  });
