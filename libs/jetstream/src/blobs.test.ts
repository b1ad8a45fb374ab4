import { randomBytes } from 'node:crypto';
import { brandToken } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getBlob, parseBlobRef, putBlob } from './blobs.ts';
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

const brand = brandToken('Audio & Co. *>');

test.each([0, 1, 512 * 1_024, 3_000_001])('%i bytes come back as they were put', async (size) => {
  const bytes = randomBytes(size);
  const back = await getBlob(bus, await putBlob(bus, brand, bytes));
  expect(back && Buffer.compare(back, bytes)).toBe(0);
});

test('the same bytes are kept once', async () => {
  const bytes = randomBytes(1_000);
  const first = await putBlob(bus, brand, bytes);
  const { state } = await bus.manager.streams.info('BLOBS');
  expect(await putBlob(bus, brand, bytes)).toBe(first);
  expect((await bus.manager.streams.info('BLOBS')).state.messages).toBe(state.messages);
});

test('purging the subjects of a brand takes its blobs and no others', async () => {
  const ref = await putBlob(bus, brand, Buffer.from('ours'));
  const other = await putBlob(bus, brandToken('other'), Buffer.from('theirs'));
  await bus.manager.streams.purge('BLOBS', { filter: `blob.${brand}.>` });
  expect(await getBlob(bus, ref)).toBeUndefined();
  expect(String(await getBlob(bus, other))).toBe('theirs');
});

test('a malformed reference is refused', () => {
  expect(() => parseBlobRef('blob:a/b/c')).toThrow(/not a blob reference/);
});
