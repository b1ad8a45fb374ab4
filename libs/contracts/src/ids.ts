import { createHash, randomFillSync, randomInt } from 'node:crypto';

let lastMs = 0;
let counter = 0;

const RANDOM_BYTES = 10;
/** Random bytes are drawn for many ids at once: a call per id costs more than the id. */
const pool = Buffer.alloc(RANDOM_BYTES * 256);
let drawn = pool.length;

/**
 * A new UUIDv7: sorts by creation time, and ids of one process also within a millisecond (a counter
 * in `rand_a`: RFC 9562, section 6.2, method 1).
 */
export function newId(): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomInt(0x400);
  } else if (counter < 0xfff) counter += 1;
  else {
    lastMs += 1;
    counter = 0;
  }
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const random = pool.subarray(drawn, drawn + RANDOM_BYTES);
  drawn += RANDOM_BYTES;
  random.writeUInt16BE(counter, 0);
  return format(lastMs, random);
}

/**
 * The id of a child: the same parent and key always give the same id, so a repeated addition is
 * recognised. It carries the parent's time.
 */
export const childId = (parentId: string, key: string): string =>
  derivedId(timeOfId(parentId), parentId, key);

/** A valid UUIDv7 that follows from what it names: a time, and a hash in place of the random bits. */
export function derivedId(timeMs: number, ...names: readonly string[]): string {
  const hash = createHash('sha256').update(names.join('/')).digest();
  return format(timeMs, hash.subarray(0, 10));
}

/**
 * The ids of the tasks of a batch: they follow from its id, and sort as the batch lists them (a
 * counter in `rand_a`, and the next millisecond when that is used up).
 */
export function batchIds(batchId: string, count: number): string[] {
  const timeMs = timeOfId(batchId);
  return Array.from({ length: count }, (_, place) => {
    const hash = createHash('sha256').update(`${batchId}/${place}`).digest();
    hash.writeUInt16BE(place & 0xfff, 0);
    return format(timeMs + (place >> 12), hash.subarray(0, 10));
  });
}

/** Milliseconds since 1970 at which a UUIDv7 was made. */
export const timeOfId = (id: string): number =>
  Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** The shape of an id, for schemas. */
export const ID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$';

function format(timeMs: number, random: Buffer): string {
  const hex = timeMs.toString(16).padStart(12, '0') + random.toString('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
