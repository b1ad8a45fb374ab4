import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createMemoryStore,
  type DocumentChunks,
  type KnowledgeStore,
  openKnowledgeStore,
  type VectorRow,
} from '../src/index.ts';
import { axis } from './chunks.ts';

/** Every adapter, by name, and how a new store of it is opened. */
export const adapters: readonly (readonly [string, () => Promise<KnowledgeStore>])[] = [
  ['memory', async () => createMemoryStore()],
  ['lance', openInNewFolder],
];

/** A vector for each chunk, along an axis of its own. */
export const rowsOf = (document: DocumentChunks, dimensions: number): VectorRow[] =>
  document.chunks.map(({ id, brand }, nth) => ({ id, brand, vector: axis(dimensions, nth) }));

async function openInNewFolder(): Promise<KnowledgeStore> {
  const uri = await mkdtemp(join(tmpdir(), 'knowledge-'));
  const store = await openKnowledgeStore({ uri });
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await rm(uri, { recursive: true });
    },
  };
}
