import { brandToken } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createBlobCache } from './blob-cache.ts';
import { type Bus, connect } from './connect.ts';
import { provision } from './provision.ts';

let nats: Awaited<ReturnType<typeof startNatsServer>>;
let bus: Bus;
beforeAll(async () => {
  nats = await startNatsServer();
  bus = await connect({ url: nats.url, name: 'test' });
  await provision(bus);
});
afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await nats[Symbol.asyncDispose]();
});

const space = brandToken('Audio & Co. *>');
const start = (more: { ttlMs?: number; memoryEntries?: number; now?: () => number } = {}) =>
  createBlobCache(bus, {
    bucket: 'notes',
    ttlMs: 3_600_000,
    memoryEntries: 2,
    memoryMs: 60_000,
    ...more,
  });
const text = async (cache: ReturnType<typeof start>, name: string) => {
  const found = await cache.get(space, name);
  return found && Buffer.from(found.bytes).toString();
};
const dropBlobs = () => bus.manager.streams.purge('BLOBS', { filter: `blob.${space}.>` });

test('what one process has put, another finds; another brand does not', async () => {
  const ref = await start().put(space, 'a', Buffer.from('kept'));
  expect(await start().get(space, 'a')).toMatchObject({ ref });
  expect(await text(start(), 'a')).toBe('kept');
  expect(await start().get(brandToken('other'), 'a')).toBeUndefined();
  expect(await start().get(space, 'b')).toBeUndefined();
});

test('memory saves the transfer of what was used last, for its time, and forgets the rest', async () => {
  let time = 0;
  const cache = start({ now: () => time });
  for (const name of ['one', 'two', 'three']) await cache.put(space, name, Buffer.from(name));
  await dropBlobs();
  expect([await text(cache, 'one'), await text(cache, 'two')]).toEqual([undefined, 'two']);
  time = 50_000;
  expect(await text(cache, 'three')).toBe('three');
  time = 70_000;
  await cache.put(space, 'four', Buffer.from('four'));
  await dropBlobs();
  expect([await text(cache, 'two'), await text(cache, 'three')]).toEqual([undefined, 'three']);
});

test('an entry that was purged or has expired is not found, although it is in memory', async () => {
  const cache = start({ ttlMs: 1_000 });
  await cache.put(space, 'short', Buffer.from('short'));
  const kept = start();
  await kept.put(space, 'purged', Buffer.from('purged'));
  expect(await text(kept, 'purged')).toBe('purged');
  await bus.manager.streams.purge('KV_notes', { filter: `$KV.notes.${space}.purged` });
  expect(await text(kept, 'purged')).toBeUndefined();
  await vi.waitFor(async () => expect(await text(cache, 'short')).toBeUndefined(), 20_000);
});
