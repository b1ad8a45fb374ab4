import type { Chunk } from '@slipstream/contracts';
import { createMemoryStore, type KnowledgeStore } from '@slipstream/knowledge';
import { expect, test, vi } from 'vitest';
import { createTermWeights } from './term-weights.ts';

async function write(store: KnowledgeStore, brand: string, ...texts: string[]): Promise<void> {
  const place = { brand, source: 's', docId: texts.join(), url: 'https://docs.example/' };
  const about = { title: '', headingPath: [], fetchedAt: '2026-01-01T00:00:00Z' };
  const chunks = texts.map(
    (text, ordinal): Chunk => ({ ...place, ...about, id: `${ordinal}${text}`, ordinal, text }),
  );
  await store.writeDocuments([{ brand, docId: place.docId, chunks }]);
}

test('terms are weighed among all texts, their shares are those in the brand that is asked', async () => {
  await using store = createMemoryStore();
  await write(store, 'Mixers', 'A fader.', 'Another fader.');
  await write(store, 'Bikes', 'A brake.', 'A fader of a bike.', 'A saddle.');
  const weights = createTermWeights(store);
  const [mixers, bikes, all] = [
    await weights('en', 'Mixers'),
    await weights('en', 'Bikes'),
    await weights('en'),
  ];
  expect(mixers.share('brake')).toBe(0);
  expect(all.share('brake')).toBeGreaterThan(0);
  expect(bikes.share('brake')).toBeGreaterThan(all.share('brake'));
  for (const brand of [mixers, bikes]) expect(brand('fader')).toBe(all('fader'));
});

test('weights are read again once they are older than half a minute, without a wait', async () => {
  await using store = createMemoryStore();
  let now = 1_000_000;
  const weights = createTermWeights(store, () => now);
  await write(store, 'Bikes', 'A brake.');
  expect((await weights('en', 'Bikes')).share('saddl')).toBe(0);
  await write(store, 'Bikes', 'A saddle.');
  now += 29_000;
  expect((await weights('en', 'Bikes')).share('saddl')).toBe(0);
  now += 2_000;
  await vi.waitFor(async () =>
    expect((await weights('en', 'Bikes')).share('saddl')).toBeGreaterThan(0),
  );
});
