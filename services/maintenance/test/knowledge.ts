import { join } from 'node:path';
import { brandToken, type Chunk, type SourcePage, subjects } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { type Engine, startEngine } from '@slipstream/testkit';
import { vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startService } from '../src/service.ts';

export const old = '2026-01-01T00:00:00.000Z';
export const young = '2026-11-01T00:00:00.000Z';

/** The service over an engine, and what a test gives it to know. */
export interface Knowledge extends AsyncDisposable {
  readonly engine: Engine;
  /** A document of one chunk, in the store and in the memory of pages. */
  given(brand: string, url: string, more?: Partial<Chunk> & { embedded?: boolean }): Promise<void>;
  ask<T>(verb: 'list' | 'find' | 'forget', question: object): Promise<T>;
  list(question: object): Promise<SourcePage>;
}

export async function startKnowledge(): Promise<Knowledge> {
  await using opening = new AsyncDisposableStack();
  const engine = opening.use(await startEngine());
  opening.use(await startService(readConfig(engine.env)));
  const ask = async <T>(verb: 'list' | 'find' | 'forget', question: object): Promise<T> => {
    const body = JSON.stringify(question);
    return (await engine.bus.connection.request(subjects.sources(verb), body)).json<T>();
  };
  const list = (question: object) => ask<SourcePage>('list', question);
  // The endpoints come last.
  await vi.waitFor(() => list({}), 20_000);
  const stack = opening.move();
  return {
    engine,
    ask,
    list,
    async given(brand, url, { fetchedAt = young, embedded = true, ...more } = {}) {
      const docId = Buffer.from(url).toString('hex').slice(-24);
      const source = new URL(url).origin;
      const place = { headingPath: [], ordinal: 0, title: 'T', text: `Text of ${url}` };
      const chunk = { id: docId, brand, source, docId, url, ...place, fetchedAt: old, ...more };
      await using store = await openKnowledgeStore({ uri: join(engine.dir, 'knowledge') });
      await store.writeDocuments([{ brand, docId, chunks: [chunk] }]);
      const vector = new Float32Array([1, 0]);
      const embedder = { id: 'small', dimensions: 2 };
      if (embedded) await store.addVectors(embedder, [{ brand, id: docId, vector }]);
      const key = `$KV.pages.${brandToken(brand)}.${docId}`;
      await engine.bus.publisher.publish(key, JSON.stringify({ url, textHash: '', fetchedAt }));
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
