import { expect, test } from 'vitest';
import { axis, documentOf } from '../test/chunks.ts';
import { createMemoryStore } from './memory/memory-store.ts';
import { createDocumentWriter, createVectorWriter } from './writers.ts';

test('concurrent writes of documents become few commits, each with its own counts', async () => {
  await using store = createMemoryStore();
  const sizes: number[] = [];
  const writer = createDocumentWriter({
    ...store,
    writeDocuments: (documents) => {
      sizes.push(documents.length);
      return store.writeDocuments(documents);
    },
  });
  const documents = Array.from({ length: 50 }, (_, nth) =>
    documentOf(
      'a',
      `d${nth}`,
      Array.from({ length: (nth % 3) + 1 }, (__, at) => `Text ${at}.`),
    ),
  );
  const counts = await Promise.all(documents.map((document) => writer.write(document)));
  expect(counts.map(({ added }) => added)).toEqual(documents.map(({ chunks }) => chunks.length));
  expect(sizes).toEqual([1, 49]);
});

test('a document with foreign chunks is refused alone', async () => {
  await using store = createMemoryStore();
  const writer = createDocumentWriter(store);
  const good = documentOf('a', 'good', ['Text.']);
  const bad = { ...documentOf('a', 'bad', ['Text.']), brand: 'b' };
  const [one, two, three] = await Promise.allSettled(
    [good, bad, documentOf('a', 'c', ['T.'])].map(writer.write),
  );
  expect([one?.status, two?.status, three?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('vectors of concurrent tasks are added together, and a wrong one is refused alone', async () => {
  await using store = createMemoryStore();
  const embedder = { id: 'small', dimensions: 4 };
  const writer = createVectorWriter(store, embedder);
  const document = documentOf('a', 'd', ['One.', 'Two.', 'Three.']);
  await store.writeDocuments([document]);
  const rows = document.chunks.map(({ brand, id }, nth) => ({ brand, id, vector: axis(4, nth) }));
  const wrong = writer.write(rows.map((row) => ({ ...row, vector: axis(5, 0) })));
  await Promise.all([
    ...rows.map((row) => writer.write([row])),
    expect(wrong).rejects.toThrow('5'),
  ]);
  expect(await store.stats()).toMatchObject({ vectors: { small: 3 } });
});
