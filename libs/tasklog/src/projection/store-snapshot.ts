import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { createZstdCompress } from 'node:zlib';
import type { Bus } from '@slipstream/jetstream';
import { partOf, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts';
import type { Copied, SnapshotInput } from './snapshot-thread.ts';

export interface StoredSnapshot {
  readonly snapshot: Snapshot;
  /** The oldest message of the log that a task which is kept was told of in; 0: none is kept. */
  readonly oldestSeq: number;
}

const PART_BYTES = 512 * 1_024;

/**
 * Copies the file of a running projection, compresses the copy and stores it in BLOBS. Undefined:
 * the newest snapshot knows as much, or somebody else has stored one meanwhile. Needs as much room
 * beside the file as the file takes.
 */
export async function storeSnapshot(bus: Bus, file: string): Promise<StoredSnapshot | undefined> {
  const { snapshot: before, revision } = await readSnapshot(bus);
  const copy = `${file}.snapshot`;
  // Of one that died on the way.
  await rm(copy, { force: true });
  try {
    const { oldestSeq, ...copied } = await copyFile({ file, copy });
    const sameLog = before?.stream === copied.stream;
    if (sameLog && before.seq > copied.seq) return undefined;
    const name = randomUUID();
    const snapshot: Snapshot = {
      name,
      ...copied,
      ...(await upload(bus, copy, name)),
      at: new Date().toISOString(),
      ...(before && { previous: { name: before.name, seq: sameLog ? before.seq : 0 } }),
    };
    try {
      await writeSnapshot(bus, snapshot, revision);
    } catch (error) {
      await bus.manager.streams.purge('BLOBS', { filter: partOf(name, '*') });
      throw error;
    }
    const old = before?.previous;
    if (old) await bus.manager.streams.purge('BLOBS', { filter: partOf(old.name, '*') });
    return { snapshot, oldestSeq };
  } finally {
    await rm(copy, { force: true });
  }
}

async function copyFile(input: SnapshotInput): Promise<Copied> {
  const thread = new Worker(new URL('./snapshot-thread.ts', import.meta.url), {
    workerData: input,
  });
  try {
    const [copied] = (await once(thread, 'message')) as [Copied];
    return copied;
  } finally {
    await thread.terminate();
  }
}

async function upload(
  bus: Bus,
  file: string,
  name: string,
): Promise<Pick<Snapshot, 'parts' | 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  let parts = 0;
  let bytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  async function send(): Promise<void> {
    const data = Buffer.concat(waiting);
    waiting = [];
    waitingBytes = 0;
    await bus.publisher.publishSurely(partOf(name, parts), data);
    parts += 1;
    bytes += data.length;
  }
  await pipeline(
    createReadStream(file),
    createZstdCompress(),
    async (compressed: AsyncIterable<Buffer>) => {
      for await (const chunk of compressed) {
        hash.update(chunk);
        waiting.push(chunk);
        waitingBytes += chunk.length;
        if (waitingBytes >= PART_BYTES) await send();
      }
      if (waitingBytes > 0) await send();
    },
  );
  return { parts, bytes, sha256: hash.digest('hex') };
}
