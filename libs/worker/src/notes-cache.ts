import { type BlobCache, type Bus, createBlobCache } from '@slipstream/jetstream';
import { Type } from 'typebox';

/** For the services that read documents and write their notes: both look into one cache. */
export const notesCacheSettings = {
  SLIPSTREAM_NOTES_TTL_MS: Type.Integer({
    default: 86_400_000,
    minimum: 1_000,
    // A blob lives for seven days: what is found must still be there when its task runs.
    maximum: 6 * 86_400_000,
    description:
      'How long the text and the notes of a file are remembered by the hash of its bytes, ms',
  }),
  SLIPSTREAM_NOTES_MEMORY_ENTRIES: Type.Integer({
    default: 100,
    minimum: 0,
    maximum: 100_000,
    description: 'Texts and notes that are also kept in the memory of a process',
  }),
  SLIPSTREAM_NOTES_MEMORY_MS: Type.Integer({
    default: 60_000,
    minimum: 0,
    maximum: 86_400_000,
    description: 'How long one that nobody asks for stays in memory, ms',
  }),
};

interface NotesCacheConfig {
  readonly SLIPSTREAM_NOTES_TTL_MS: number;
  readonly SLIPSTREAM_NOTES_MEMORY_ENTRIES: number;
  readonly SLIPSTREAM_NOTES_MEMORY_MS: number;
}

/** What was read and written of files, in memory and in the bucket `notes`. */
export const notesCacheFrom = (bus: Bus, config: NotesCacheConfig): BlobCache =>
  createBlobCache(bus, {
    bucket: 'notes',
    ttlMs: config.SLIPSTREAM_NOTES_TTL_MS,
    memoryEntries: config.SLIPSTREAM_NOTES_MEMORY_ENTRIES,
    memoryMs: config.SLIPSTREAM_NOTES_MEMORY_MS,
  });
