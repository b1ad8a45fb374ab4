import type { BlobRef } from '@slipstream/contracts';
import { getBlob, putBlob } from './blobs.ts';
import type { Bus } from './connect.ts';
import { directLast } from './direct-get.ts';
import { encodeHeaders } from './headers.ts';
import type { Bucket } from './topology.ts';

export interface BlobCacheOptions {
  readonly bucket: Bucket;
  /** How long an entry is found, ms. At most the retention of the bucket. */
  readonly ttlMs: number;
  /** Values that are kept in memory. */
  readonly memoryEntries: number;
  /** How long a value that nobody asks for stays in memory, ms. */
  readonly memoryMs: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Cached {
  readonly ref: BlobRef;
  readonly bytes: Uint8Array;
}

/** Values by name, under a space: a brand's token, so that erasing a brand purges them. */
export interface BlobCache {
  get(space: string, name: string): Promise<Cached | undefined>;
  /** Resolves with the reference under which the bytes are kept. */
  put(space: string, name: string, bytes: Uint8Array): Promise<BlobRef>;
}

/** A larger value is not kept in memory. */
const MAX_KEPT_BYTES = 8_000_000;

/**
 * Two levels: an entry of a bucket names a blob, and the blobs used last are in memory. The bucket
 * is asked each time, which takes a millisecond and saves the transfer only: what was erased there
 * is not found in any process.
 */
export function createBlobCache(bus: Bus, options: BlobCacheOptions): BlobCache {
  const { bucket, ttlMs, memoryEntries, memoryMs, now = Date.now } = options;
  const memory = new Map<BlobRef, { readonly bytes: Uint8Array; readonly until: number }>();
  const subject = (space: string, name: string): string => `$KV.${bucket}.${space}.${name}`;

  function remember(ref: BlobRef, bytes: Uint8Array): void {
    memory.delete(ref);
    if (bytes.length <= MAX_KEPT_BYTES) memory.set(ref, { bytes, until: now() + memoryMs });
    for (const [oldest, { until }] of memory) {
      if (memory.size <= memoryEntries && until > now()) break;
      memory.delete(oldest);
    }
  }

  return {
    async get(space, name) {
      const entry = await directLast(bus, `KV_${bucket}`, subject(space, name));
      // An entry that has expired leaves an empty marker behind for a minute.
      if (!entry || entry.data.length === 0) return undefined;
      const ref = Buffer.from(entry.data).toString() as BlobRef;
      const bytes = memory.get(ref)?.bytes ?? (await getBlob(bus, ref));
      if (!bytes) return undefined;
      remember(ref, bytes);
      return { ref, bytes };
    },
    async put(space, name, bytes) {
      const ref = await putBlob(bus, space, bytes);
      const headers = encodeHeaders({ 'Nats-TTL': `${Math.max(1, Math.round(ttlMs / 1_000))}s` });
      await bus.publisher.publishSurely(subject(space, name), ref, headers);
      remember(ref, bytes);
      return ref;
    },
  };
}
