import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandToken } from '@slipstream/contracts';
import { startNatsServer } from '@slipstream/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getBlob, putBlob } from './blobs.ts';
import { type Bus, connect } from './connect.ts';
import { directLast } from './direct-get.ts';
import { eraseEntries, eraseMessages } from './erase-messages.ts';
import { provision } from './provision.ts';

const stack = new AsyncDisposableStack();
let storeDir: string;
let bus: Bus;
beforeAll(async () => {
  storeDir = await mkdtemp(join(tmpdir(), 'erase-'));
  stack.defer(() => rm(storeDir, { recursive: true, force: true }));
  const nats = stack.use(await startNatsServer({ storeDir }));
  bus = stack.use(await connect({ url: nats.url, name: 'test' }));
  await provision(bus);
});
afterAll(() => stack.disposeAsync());

/** Whether any file of the server's store holds these bytes. */
async function isOnDisk(text: string): Promise<boolean> {
  const entries = await readdir(storeDir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const bytes = await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0));
    if (bytes.includes(text)) return true;
  }
  return false;
}

const limit = { timeout: 20_000 };

test('an erased blob is gone from the disk, put twice or once, and its neighbour is not', async () => {
  const [ours, theirs] = [brandToken('Ours'), brandToken('Theirs')];
  for (let times = 0; times < 2; times++) await putBlob(bus, ours, Buffer.from('hornbeam'));
  const ref = await putBlob(bus, theirs, Buffer.from('sycamore'));
  await expect.poll(() => isOnDisk('hornbeam'), limit).toBe(true);
  expect(await eraseMessages(bus, 'BLOBS', `blob.${ours}.>`)).toBe(1);
  await expect.poll(() => isOnDisk('hornbeam'), limit).toBe(false);
  expect(String(await getBlob(bus, ref))).toBe('sycamore');
  expect(await eraseMessages(bus, 'BLOBS', `blob.${ours}.>`)).toBe(0);
});

test('a purge alone leaves the bytes on the disk: that is why we erase', async () => {
  await putBlob(bus, brandToken('Purged'), Buffer.from('tamarisk'));
  await putBlob(bus, brandToken('Kept'), Buffer.from('quince'));
  await expect.poll(() => isOnDisk('tamarisk'), limit).toBe(true);
  await bus.manager.streams.purge('BLOBS', { filter: `blob.${brandToken('Purged')}.>` });
  expect(await isOnDisk('tamarisk')).toBe(true);
});

test('erased entries of a bucket are gone from the disk, replaced ones too, and others stay', async () => {
  await bus.publisher.publish('$KV.pages.ours.a', 'first juniper');
  await bus.publisher.publish('$KV.pages.ours.a', 'second rowan');
  await bus.publisher.publish('$KV.pages.theirs.a', 'third alder');
  await expect.poll(() => isOnDisk('second rowan'), limit).toBe(true);
  const erased = await eraseEntries(bus, 'pages', ({ subject }) => subject.includes('.ours.'));
  expect(erased).toBe(1);
  await expect.poll(() => isOnDisk('juniper'), limit).toBe(false);
  expect(await isOnDisk('rowan')).toBe(false);
  const kept = await directLast(bus, 'KV_pages', '$KV.pages.theirs.a');
  expect(Buffer.from(kept?.data ?? []).toString()).toBe('third alder');
});
