import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@lancedb/lancedb';
import { expect, test } from 'vitest';
import { openKnowledgeStore } from '../src/index.ts';
import { axis, documentOf } from './chunks.ts';

const small = { id: 'small', dimensions: 8 };

test('an erased brand has left the disk: no file holds its texts, its name or its vectors', async () => {
  await using folder = await newFolder();
  await using store = await openKnowledgeStore({ uri: folder.path });
  const texts = Array.from({ length: 40 }, (_, nth) => `Quetzalcoatlus number ${nth}.`);
  const gone = documentOf('Gonebrand', 'd', texts, { title: 'Pterosaurs' });
  const stays = documentOf('Stays', 'e', ['Zebrafish.']);
  // A vector that can be found again in a file: the bytes of one odd number, eight times.
  const odd = new Float32Array(8).fill(0.123456789);
  await store.writeDocuments([gone, stays]);
  for (const { brand, id } of [...gone.chunks, ...stays.chunks])
    await store.addVectors(small, [{ brand, id, vector: brand === 'Stays' ? axis(8, 1) : odd }]);
  await store.maintain();
  const traces = ['Quetzalcoatlus', 'Pterosaurs', 'Gonebrand', Buffer.from(odd.buffer)];
  expect(await filesWith(folder.path, traces)).not.toEqual([]);

  await store.erase({ brand: 'Gonebrand' });

  expect(await filesWith(folder.path, traces)).toEqual([]);
  expect(await filesWith(folder.path, ['Zebrafish'])).not.toEqual([]);
  expect(await store.textSearch('zebrafish', 5)).toHaveLength(1);
});

test('after many small commits the index is up to date and the fragments are few', async () => {
  await using folder = await newFolder();
  await using store = await openKnowledgeStore({ uri: folder.path });
  const texts = Array.from({ length: 30 }, (_, nth) => `Text ${nth} about red things.`);
  for (let nth = 0; nth < 70; nth++)
    await store.writeDocuments([documentOf('a', `d${nth}`, texts)]);
  const connection = await connect(folder.path);
  const table = await connection.openTable('chunks');
  expect((await table.indexStats('search_idx'))?.numUnindexedRows).toBeLessThanOrEqual(500);
  expect((await table.stats()).fragmentStats.numFragments).toBeLessThanOrEqual(65);
});

test('maintenance frees the bytes of old versions, and a second one finds nothing to free', async () => {
  await using folder = await newFolder();
  await using store = await openKnowledgeStore({ uri: folder.path, keepVersionsMs: 0 });
  for (let round = 0; round < 10; round++)
    await store.writeDocuments([documentOf('a', 'd', [`Text of round ${round}.`, 'The same.'])]);
  const { bytesBefore, bytesAfter } = await store.maintain();
  expect(bytesAfter).toBeLessThan(bytesBefore / 2);
  const again = await store.maintain();
  expect(again.bytesAfter).toBeLessThanOrEqual(again.bytesBefore);
  expect(await store.stats()).toMatchObject({ chunks: 2, bytes: again.bytesAfter });
});

test('maintenance builds the vector index above 5,000 rows and sweeps orphans', async () => {
  await using folder = await newFolder();
  await using store = await openKnowledgeStore({ uri: folder.path, keepVersionsMs: 0 });
  const documents = Array.from({ length: 110 }, (_, nth) =>
    documentOf(
      'a',
      `d${nth}`,
      Array.from({ length: 50 }, (__, at) => `Text ${at} of ${nth}.`),
    ),
  );
  await store.writeDocuments(documents);
  const rows = documents.flatMap(({ chunks }) =>
    chunks.map(({ brand, id }, nth) => ({ brand, id, vector: near(nth) })),
  );
  await store.addVectors(small, rows);
  // A crash between the two deletions of a document leaves its vectors.
  const connection = await connect(folder.path);
  const chunks = await connection.openTable('chunks');
  await chunks.delete("docId = 'd7'");

  const report = await store.maintain();

  expect(report).toMatchObject({ chunks: 5_450, vectors: 5_450 });
  const vectors = await connection.openTable('vectors_small');
  const indices = await vectors.listIndices();
  expect(indices.map(({ name }) => name).sort()).toEqual(['key_idx', 'vector_idx']);
  const hits = await store.vectorSearch(small, near(20), 60);
  expect(hits).toHaveLength(60);
  expect(hits[0]?.chunk.ordinal).toBe(20);
  expect(hits[0]?.score).toBeCloseTo(1, 5);
  expect(await store.vectorSearch(small, near(20), 60, { docId: 'd9' })).toHaveLength(50);
});

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'knowledge-'));

/** One of fifty directions. */
function near(nth: number): Float32Array {
  const vector = axis(8, nth);
  vector[(nth + 3) % 8] = (nth % 50) / 50;
  return vector;
}

async function filesWith(folder: string, traces: readonly (string | Buffer)[]): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const found = await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const bytes = await readFile(join(parentPath, name));
      return traces.some((trace) => bytes.includes(trace)) ? [join(parentPath, name)] : [];
    }),
  );
  return found.flat();
}
