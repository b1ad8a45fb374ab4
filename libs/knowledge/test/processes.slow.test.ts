import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { type KnowledgeStore, openKnowledgeStore } from '../src/index.ts';

// Up to ten processes on the processor of one.
vi.setConfig({ testTimeout: 240_000 });
afterAll(() => vi.resetConfig());

test('processes that open an empty folder and write at once lose and double nothing', async () => {
  await using folder = await newFolder();
  const writers = ['one', 'two', 'same', 'same'].map((prefix) => start(folder.path, prefix, 8));
  await Promise.all(writers.map(finished));
  await using store = await openKnowledgeStore({ uri: folder.path });
  // Three prefixes, 8 batches of 5 documents of 3 chunks.
  const { chunks, documents, vectors } = await store.stats();
  expect({ chunks, documents, vectors }).toEqual({
    chunks: 360,
    documents: 120,
    vectors: { small: 360 },
  });
  const hits = await store.textSearch('red', 500);
  expect(new Set(hits.map(({ chunk }) => chunk.id)).size).toBe(120);
  expect(hits).toHaveLength(120);
});

test('a writer that is killed loses no finished batch, and its successor doubles none', async () => {
  await using folder = await newFolder();
  let finishedBatches = 0;
  for (const killAfter of [2, 5, 9]) {
    const writer = start(folder.path, 'doc', 100);
    writer.on('message', (batch) => {
      finishedBatches = Math.max(finishedBatches, Number(batch) + 1);
      if (batch === killAfter) writer.kill('SIGKILL');
    });
    await once(writer, 'exit');
  }
  await using store = await openKnowledgeStore({ uri: folder.path });
  expect(finishedBatches).toBeGreaterThanOrEqual(10);
  expect(await missing(store, finishedBatches * 5)).toEqual([]);

  await finished(start(folder.path, 'doc', 20));
  const { chunks, documents, vectors } = await store.stats();
  expect({ chunks, documents, vectors }).toEqual({
    chunks: 300,
    documents: 100,
    vectors: { small: 300 },
  });
});

test('ten workers that write and read at once, six of them killed and replaced, lose and double nothing', async () => {
  await using folder = await newFolder();
  const BATCHES = 4;
  // The last two write the same documents at the same time.
  const prefixes = Array.from({ length: 10 }, (_, nth) => `p${Math.min(nth, 8)}`);
  let kills = 0;
  const work = async (prefix: string, nth: number): Promise<void> => {
    const worker = start(folder.path, prefix, BATCHES);
    const killAfter = nth < 6 ? nth % 3 : undefined;
    worker.on('message', (batch) => {
      if (batch === killAfter) kills += Number(worker.kill('SIGKILL'));
    });
    const [code] = await once(worker, 'exit');
    if (killAfter !== undefined) return finished(start(folder.path, prefix, BATCHES));
    expect(code).toBe(0);
  };
  await Promise.all(prefixes.map(work));
  expect(kills).toBe(6);

  await using store = await openKnowledgeStore({ uri: folder.path });
  const documents = new Set(prefixes).size * BATCHES * 5;
  const { bytes: _bytes, ...stats } = await store.stats();
  expect(stats).toEqual({ chunks: documents * 3, documents, vectors: { small: documents * 3 } });
  expect(await store.unembedded({ id: 'small', dimensions: 4 })).toEqual([]);
  const hits = await store.textSearch('red', documents * 2);
  expect(hits).toHaveLength(documents);
  expect(new Set(hits.map(({ chunk }) => chunk.id)).size).toBe(documents);
});

test('an open store reads on while other processes write and compact', async () => {
  await using folder = await newFolder();
  await using store = await openKnowledgeStore({ uri: folder.path, readConsistencyMs: 1_000 });
  await finished(start(folder.path, 'before', 2));
  // What others write is seen a second later at most.
  await vi.waitFor(async () => expect(await store.textSearch('red', 5)).toHaveLength(5));
  const compactor = start(folder.path, 'compact', 10);
  const others = Promise.all([finished(start(folder.path, 'during', 10)), finished(compactor)]);
  let reads = 0;
  while (compactor.exitCode === null) {
    const words = await store.textSearch('red', 5);
    const near = await store.vectorSearch(
      { id: 'small', dimensions: 4 },
      new Float32Array(4).fill(1),
      5,
    );
    expect([words.length, near.length]).toEqual([5, 5]);
    reads += 1;
  }
  await others;
  expect(reads).toBeGreaterThan(10);
});

const newFolder = () => mkdtempDisposable(join(tmpdir(), 'knowledge-'));

const start = (uri: string, job: string, count: number): ChildProcess =>
  fork(join(import.meta.dirname, 'writer-process.ts'), [uri, job, String(count)]);

async function finished(child: ChildProcess): Promise<void> {
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

/** Which of the first documents are not complete. */
async function missing(store: KnowledgeStore, documents: number): Promise<string[]> {
  const listed = new Map((await store.listDocuments()).map(({ docId, chunks }) => [docId, chunks]));
  const wanted = Array.from({ length: documents }, (_, nth) => `doc-${nth}`);
  return wanted.filter((docId) => listed.get(docId) !== 3);
}
