import type { Chunk } from '@slipstream/contracts';
import { bumpIndexVersion } from '@slipstream/jetstream';
import { type HandlerOf, recordUsage } from '@slipstream/worker';
import type { EmbedderParts } from './index.ts';

/** Chunks whose vectors are stored together: what a crash in the middle of a long document repeats. */
const GROUP = 64;

/** Embeds what has no vector yet, so running it again only does the rest. */
export const createEmbedChunks =
  ({ bus, logger, store, embedder }: EmbedderParts): HandlerOf<'embed-chunks'> =>
  async ({ brand, docId }, { signal, progress }) => {
    const { id, dimensions } = embedder.info;
    const chunks = await store.missingVectors({ brand, docId }, { id, dimensions });
    let promptTokens: number | undefined;
    for (let from = 0; from < chunks.length; from += GROUP) {
      const group = chunks.slice(from, from + GROUP);
      const embedded = await embedder.embed(group.map(passageOf), 'passage', { signal });
      if (embedded.promptTokens !== undefined) {
        promptTokens = (promptTokens ?? 0) + embedded.promptTokens;
      }
      const rows = group.flatMap((chunk, index) => {
        const vector = embedded.vectors[index];
        return vector ? [{ brand, id: chunk.id, vector }] : [];
      });
      await store.addVectors({ id, dimensions }, rows);
      progress({ done: from + group.length, total: chunks.length, message: 'chunks embedded' });
    }
    // What is found by meaning has changed, now or in a run before that died here.
    await bumpIndexVersion(bus, brand);
    const result = { embedded: chunks.length, embedder: id };
    if (promptTokens === undefined) return result;
    const usage = { model: id, promptTokens, completionTokens: 0, estimated: false };
    recordUsage({ bus, logger }, brand, usage);
    return { ...result, usage };
  };

/** A chunk out of its document says too little: title and headings come before the text. */
const passageOf = ({ title, headingPath, text }: Chunk): string =>
  `${[title, ...headingPath].join(' > ')}\n${text}`;
