import { createHash } from 'node:crypto';
import { type BlobRef, subjects } from '@slipstream/contracts';
import type { Bus } from './connect.ts';
import { deleteMessages } from './delete-messages.ts';
import { directLast } from './direct-get.ts';
import { eraseMessages } from './erase-messages.ts';

const PART_BYTES = 512 * 1_024;

/** A blob that is younger is not stored again: it stays for half of its retention at least. */
const YOUNG_MS = 3.5 * 86_400_000;

/**
 * Keeps bytes under `blob.<space>.<sha256>.<part>`. The space is a brand's token, so that all of a
 * brand can be erased. The same bytes are kept once: a young copy stays, and an older one is erased
 * for a new one, as a copy that is only replaced would stay on disk where nobody finds it.
 */
export async function putBlob(bus: Bus, space: string, bytes: Uint8Array): Promise<BlobRef> {
  const name = createHash('sha256').update(bytes).digest('hex');
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  for (let part = 0; part < parts; part++) {
    const data = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    const subject = subjects.blob(space, name, part);
    const there = await directLast(bus, 'BLOBS', subject);
    if (there && Date.parse(there.time) > Date.now() - YOUNG_MS) continue;
    if (there) await deleteMessages(bus, 'BLOBS', [there.seq], true);
    await bus.publisher.publishSurely(subject, data);
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

/** Erases the bytes behind a reference, from the disk too. */
export async function eraseBlob(bus: Bus, ref: BlobRef): Promise<void> {
  const { space, name } = parseBlobRef(ref);
  await eraseMessages(bus, 'BLOBS', subjects.blob(space, name, '*'));
}

/** Takes the reference apart. Throws a TypeError for a malformed one. */
export function parseBlobRef(ref: string): { space: string; name: string; parts: number } {
  const match = /^blob:([\w-]+)\/([0-9a-f]{64})\/(\d{1,4})$/.exec(ref);
  const [, space, name, parts] = match ?? [];
  if (!space || !name || !parts) throw new TypeError(`'${ref}' is not a blob reference`);
  return { space, name, parts: Number(parts) };
}
