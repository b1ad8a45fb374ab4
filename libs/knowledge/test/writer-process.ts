import { openKnowledgeStore } from '../src/index.ts';
import { axis, documentOf } from './chunks.ts';

/**
 * A process of its own that writes documents `<prefix>-0`, `<prefix>-1`, ... in batches of 5, with
 * vectors, reads what it has just written, and reports the number of each finished batch; or that
 * compacts all the time.
 */
const [uri = '', job = '', count = '0'] = process.argv.slice(2);
const embedder = { id: 'small', dimensions: 4 };
await using store = await openKnowledgeStore({ uri, keepVersionsMs: 0 });
if (job === 'compact') {
  for (let round = 0; round < Number(count); round++) {
    await store.maintain();
    process.send?.(round);
  }
} else {
  for (let batch = 0; batch < Number(count); batch++) {
    const documents = Array.from({ length: 5 }, (_, nth) => {
      const docId = `${job}-${batch * 5 + nth}`;
      return documentOf('a', docId, [`First of ${docId}.`, `Second of ${docId}.`, 'Third red.']);
    });
    await store.writeDocuments(documents);
    const chunks = documents.flatMap((document) => document.chunks);
    const rows = chunks.map(({ id, brand }, nth) => ({ id, brand, vector: axis(4, nth) }));
    await store.addVectors(embedder, rows);
    const read = await store.get(chunks.map(({ id }) => id));
    const near = await store.vectorSearch(embedder, axis(4, 0), 20, { brand: 'a' });
    const missing = (await store.unembedded(embedder)).filter(({ docId }) =>
      documents.some((document) => document.docId === docId),
    );
    if (read.length !== chunks.length || near.length === 0 || missing.length > 0) process.exit(3);
    process.send?.(batch);
  }
}
process.disconnect?.();
