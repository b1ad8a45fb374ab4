import type { Child, HandlerOf } from '@slipstream/worker';
import type { EmbedderParts } from './index.ts';

/** Documents of one child: few, so that it can be watched and stopped, and the last waits for all. */
const DOCUMENTS = 50;
const MOST_CHILDREN = 500;

/**
 * Lists what has no vector of the embedder of the settings, as children that embed it. The last of
 * them lets it be searched; until then the old vectors are. What is there is not embedded again, so
 * a repetition only does the rest.
 */
export const createReEmbed =
  ({ store, embedders }: EmbedderParts): HandlerOf<'re-embed'> =>
  async ({ dryRun = false, brand }, { addChildren, log }) => {
    const { id, dimensions } = embedders.wanted.info;
    if (!dryRun) await embedders.keepWanted();
    const missing = await store.unembedded({ id, dimensions }, { brand });
    const chunks = missing.reduce((sum, document) => sum + document.chunks, 0);
    const from = embedders.active.info.id;
    const report = { dryRun, from, to: id, documents: missing.length, chunks };
    log.info(report, 'looked for chunks to embed anew');
    if (dryRun || (missing.length === 0 && from === id)) return report;

    const size = Math.max(DOCUMENTS, Math.ceil(missing.length / MOST_CHILDREN));
    const parts: Child[] = [];
    for (let at = 0; at < missing.length; at += size) {
      const documents = missing
        .slice(at, at + size)
        .map((document) => ({ brand: document.brand, docId: document.docId }));
      const payload = { embedder: id, documents };
      parts.push({ key: `documents-${at}`, kind: 're-embed-documents', payload });
    }
    await addChildren([
      ...parts,
      {
        key: 'switch',
        kind: 'switch-embedder',
        payload: { embedder: id, ...(brand !== undefined && { brand }) },
        after: parts.map(({ key }) => key),
      },
    ]);
    return report;
  };
