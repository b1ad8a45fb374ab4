import { inflateRawSync } from 'node:zlib';
import { DocumentError } from '../document-error.ts';

export interface ZipLimits {
  readonly maxEntries: number;
  /** Bytes of one entry once it is unpacked. */
  readonly maxEntryBytes: number;
  /** Bytes of all entries that are read. */
  readonly maxTotalBytes: number;
}

/** The largest of 300-page manuals have 5 MB of XML; parsing takes twenty times as much memory. */
export const defaultZipLimits: ZipLimits = {
  maxEntries: 10_000,
  maxEntryBytes: 10_000_000,
  maxTotalBytes: 40_000_000,
};

export interface Zip {
  readonly names: ReadonlySet<string>;
  /**
   * An entry, unpacked; undefined for one that there is not.
   *
   * @throws DocumentError `document-too-large`, `broken-document` or `encrypted-document`
   */
  read(name: string): Buffer | undefined;
}

interface Entry {
  readonly flags: number;
  readonly method: number;
  readonly packedBytes: number;
  readonly offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const ENCRYPTED = 1;

/**
 * Reads the directory of a ZIP file (PKWARE's APPNOTE, without the 64-bit forms). Unpacking stops at
 * the limit, whatever the directory says of sizes: a bomb costs no more than the limit.
 *
 * @throws DocumentError `broken-document`, or `document-too-large` for too many entries
 */
export function openZip(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): Zip {
  const { maxEntries, maxEntryBytes, maxTotalBytes } = { ...defaultZipLimits, ...limits };
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = whole(() => directoryOf(file, maxEntries));
  let leftBytes = maxTotalBytes;

  return {
    names: new Set(entries.keys()),
    read(name) {
      const entry = entries.get(name);
      if (!entry) return undefined;
      if (entry.flags & ENCRYPTED)
        throw new DocumentError('encrypted-document', `${name} in the file is encrypted`);
      const packed = whole(() => packedOf(file, entry));
      const most = Math.min(maxEntryBytes, leftBytes);
      const unpacked = unpack(packed, entry.method, most, name);
      leftBytes -= unpacked.length;
      return unpacked;
    },
  };
}

function directoryOf(file: Buffer, maxEntries: number): Map<string, Entry> {
  const end = endOf(file);
  const count = file.readUInt16LE(end + 10);
  if (count > maxEntries)
    throw new DocumentError(
      'document-too-large',
      `the file has ${count} entries, the limit is ${maxEntries}`,
    );
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let n = 0; n < count; n++) {
    if (file.readUInt32LE(at) !== CENTRAL) throw new RangeError('no entry');
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    entries.set(name, {
      flags: file.readUInt16LE(at + 8),
      method: file.readUInt16LE(at + 10),
      packedBytes: file.readUInt32LE(at + 20),
      offset: file.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

/** The end record is followed by a comment of at most 64 KiB. */
function endOf(file: Buffer): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 0xffff); at--)
    if (file.readUInt32LE(at) === END) return at;
  throw new RangeError('no end record');
}

function packedOf(file: Buffer, { offset, packedBytes }: Entry): Buffer {
  if (file.readUInt32LE(offset) !== LOCAL) throw new RangeError('no local header');
  const start = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
  if (start + packedBytes > file.length) throw new RangeError('an entry beyond the end');
  return file.subarray(start, start + packedBytes);
}

function unpack(packed: Buffer, method: number, most: number, name: string): Buffer {
  const large = () =>
    new DocumentError('document-too-large', `${name} in the file has more than ${most} bytes`);
  if (method === 0 && packed.length > most) throw large();
  if (method === 0) return packed;
  if (method !== 8)
    throw new DocumentError('broken-document', `${name} is packed in an unknown way (${method})`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(most, 1) });
  } catch (error) {
    if (error instanceof RangeError) throw large();
    throw new DocumentError('broken-document', `${name} in the file cannot be unpacked`, {
      cause: error,
    });
  }
}

/** What is read beyond the end of the file means that it is cut or no ZIP. */
function whole<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DocumentError('broken-document', 'the file is cut, or is no ZIP file', {
      cause: error,
    });
  }
}
