import type { HandlerOf } from '@slipstream/worker';
import type { EmbedderParts } from './index.ts';

const GROUP = 128;

export const createEmbedTexts =
  ({ embedder }: EmbedderParts): HandlerOf<'embed-texts'> =>
  async ({ texts }, { signal, progress }) => {
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
    const { id, dimensions } = embedder.info;
    return {
      vectors,
      embedder: id,
      dimensions,
      ...(promptTokens !== undefined && { promptTokens }),
    };
  };
