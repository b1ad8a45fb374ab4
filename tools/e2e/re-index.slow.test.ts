import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chunk, Source, Task } from '@slipstream/contracts';
import { openKnowledgeStore } from '@slipstream/knowledge';
import { expect, test, vi } from 'vitest';
import { startSlipstream } from './slipstream.ts';

const brand = 'Quillmere';
/** Enough to be cancelled in the middle. */
const DOCUMENTS = 100;

/** No small word tells that they are German, so their words are taken in English. */
const chunkOf = (nth: number): Chunk => ({
  id: `chunk${nth}`,
  brand,
  source: 'https://docs.example',
  docId: `d${nth}`,
  url: `https://docs.example/${nth}`,
  title: 'Tarn',
  headingPath: [],
  ordinal: 0,
  text: `Werkseinstellungen Kapitel ${nth}`,
  fetchedAt: '2026-11-01T00:00:00.000Z',
});

test('the language of a brand is set, its re-index is cancelled in the middle, and the next one ends it', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 're-index-'));
  {
    await using store = await openKnowledgeStore({ uri: join(folder.path, 'knowledge') });
    const chunks = Array.from({ length: DOCUMENTS }, (_, nth) => chunkOf(nth));
    await store.writeDocuments(chunks.map((chunk) => ({ ...chunk, chunks: [chunk] })));
  }
  await using system = await startSlipstream({}, folder.path);
  const hits = async (): Promise<number> => {
    const q = 'Werkseinstellung';
    const path = `/v1/search?${new URLSearchParams({ q, brand, mode: 'keyword' })}`;
    return (await system.get<{ hits: object[] }>(path)).hits.length;
  };
  expect(await hits()).toBe(0);

  const set = await fetch(`${system.url}/v1/sources?brand=${brand}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"language":"de"}',
  });
  expect(set.status).toBe(202);
  const { id } = (await set.json()) as Task;
  await vi.waitFor(
    async () => {
      const { children } = await system.get<Task & { children?: { succeeded: number } }>(
        `/v1/tasks/${id}`,
      );
      expect(children?.succeeded).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 20 },
  );
  expect((await system.post(`/v1/tasks/${id}/cancel`, undefined)).status).toBe(200);
  expect(await system.ended(id)).toMatchObject({ state: 'cancelled' });

  const again = await system.post('/v1/maintenance/re-index', { brand });
  expect(await system.ended(again.body.id)).toMatchObject({
    state: 'succeeded',
    result: { documents: DOCUMENTS, withoutText: DOCUMENTS, failed: 0 },
  });
  // Another process notices within half a minute that there is nothing in English any more.
  await vi.waitFor(async () => expect(await hits()).toBe(10), { timeout: 60_000, interval: 500 });
  const { items } = await system.get<{ items: Source[] }>(`/v1/sources?brand=${brand}`);
  expect(items).toMatchObject([{ language: 'de', chunks: DOCUMENTS }]);
}, 300_000);
