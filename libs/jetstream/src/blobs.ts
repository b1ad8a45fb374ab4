import { createHash } from 'node:crypto';
import { type BlobRef, subjects } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { directLast } from './direct-get.ts';

const PART_BYTES = 512 * 1_024;

/**
 * Keeps bytes under `blob.<space>.<sha256>.<part>`. The space is a brand's token, so that erasing a
 * brand is one purge. The same bytes are kept once, and putting
 * them again starts their retention anew.
 */
export async function putBlob(bus: Bus, space: string, bytes: Uint8Array): Promise<BlobRef> {
  const name = createHash('sha256').update(bytes).digest('hex');
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  for (let part = 0; part < parts; part++) {
    const data = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    await bus.publisher.publishSurely(subjects.blob(space, name, part), data);
  }
  return `blob:${space}/${name}/${parts}`;
}

/** The bytes behind a reference, or undefined when they are past their retention or erased. */
export async function getBlob(bus: Bus, ref: BlobRef): Promise<Uint8Array | undefined> {
  const { space, name, parts } = parseBlobRef(ref);
  const found = await Promise.all(
    Array.from({ length: parts }, (_, part) =>
      directLast(bus, 'BLOBS', subjects.blob(space, name, part)),
    ),
  );
  const bytes = found.flatMap((message) => (message ? [message.data] : []));
  return bytes.length === parts ? Buffer.concat(bytes) : undefined;
}

/** Takes the reference apart. Throws a TypeError for a malformed one. */
export function parseBlobRef(ref: string): { space: string; name: string; parts: number } {
  const match = /^blob:([\w-]+)\/([0-9a-f]{64})\/(\d{1,4})$/.exec(ref);
  const [, space, name, parts] = match ?? [];
  if (!space || !name || !parts) throw new TypeError(`'${ref}' is not a blob reference`);
  return { space, name, parts: Number(parts) };
}
