import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HEAD_BYTES } from './document-type.ts';

/** A file that was received and waits on disk. Disposing removes it. */
export interface ReceivedFile extends AsyncDisposable {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /** The first bytes. */
  readonly head: Uint8Array;
  bytes(): Promise<Uint8Array>;
}

/** Writes an upload to disk as it comes, so that slow and large ones need no memory. */
export async function receiveFile(source: Readable, dir: string): Promise<ReceivedFile> {
  await mkdir(dir, { recursive: true });
  const folder = await mkdtemp(join(dir, 'upload-'));
  const file = join(folder, 'file');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    await pipeline(
      source,
      async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          hash.update(piece);
          sizeBytes += piece.length;
          yield piece;
        }
      },
      createWriteStream(file),
    );
    return {
      sizeBytes,
      sha256: hash.digest('hex'),
      head: await readHead(file),
      bytes: () => readFile(file),
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function readHead(file: string): Promise<Uint8Array> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(HEAD_BYTES) });
  return buffer.subarray(0, bytesRead);
}
