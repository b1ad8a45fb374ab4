import { type Tasks, TerminalError } from '@slipstream/contracts';
import { type BatchHandler, type BatchItem, recordUsage } from '@slipstream/worker';
import type { EmbedderParts } from './index.ts';

type EmbedTexts = Tasks['embed-texts'];
type Item = BatchItem<EmbedTexts>;

const GROUP = 128;

/** The texts of several tasks in one request. When it is refused each is tried alone: one of them is why. */
export const createEmbedTexts =
  ({ bus, logger, embedders }: EmbedderParts): BatchHandler<EmbedTexts> =>
  async (items, signal) => {
    const embedder = embedders.active;
    const [first] = items;
    if (first && items.length === 1) return [await embedOne(first)];
    try {
      return await embedTogether(items, signal);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      const alone = await Promise.allSettled(items.map(embedOne));
      return alone.map((one) => (one.status === 'fulfilled' ? one.value : errorOf(one.reason)));
    }

    async function embedOne({ payload: { texts }, context: { signal, progress } }: Item) {
      const vectors: number[][] = [];
      let promptTokens: number | undefined;
      for (let from = 0; from < texts.length; from += GROUP) {
        const group = texts.slice(from, from + GROUP);
        const embedded = await embedder.embed(group, 'passage', { signal });
        vectors.push(...embedded.vectors.map((vector) => Array.from(vector)));
        if (embedded.promptTokens !== undefined) {
          promptTokens = (promptTokens ?? 0) + embedded.promptTokens;
        }
        progress({ done: vectors.length, total: texts.length, message: 'texts embedded' });
      }
      return resultOf(vectors, promptTokens);
    }

    async function embedTogether(all: readonly Item[], stop: AbortSignal) {
      const texts = all.flatMap(({ payload }) => payload.texts);
      const embedded = await embedder.embed(texts, 'passage', { signal: stop });
      const characters = lengthOf(texts);
      let from = 0;
      return all.map(({ payload }) => {
        const until = from + payload.texts.length;
        const vectors = embedded.vectors.slice(from, until).map((vector) => Array.from(vector));
        from = until;
        // A server counts the tokens of a request: each task gets its share of them.
        const share = lengthOf(payload.texts) / characters;
        const { promptTokens } = embedded;
        return resultOf(vectors, promptTokens && Math.round(promptTokens * share));
      });
    }

    function resultOf(vectors: number[][], promptTokens: number | undefined) {
      const { id, dimensions } = embedder.info;
      const result = { vectors, embedder: id, dimensions };
      if (promptTokens === undefined) return result;
      const usage = { model: id, promptTokens, completionTokens: 0, estimated: false };
      recordUsage({ bus, logger }, undefined, usage);
      return { ...result, promptTokens, usage };
    }
  };

const lengthOf = (texts: readonly string[]): number =>
  texts.reduce((sum, { length }) => sum + length, 0);

const errorOf = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error(String(reason));
