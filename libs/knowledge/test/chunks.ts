import { createHash } from 'node:crypto';
import type { Chunk } from '@slipstream/contracts';
import type { DocumentChunks } from '../src/index.ts';

/** A document of a brand, one chunk per text. Ids depend on document, place and text, as the real ones do. */
export function documentOf(
  brand: string,
  docId: string,
  texts: readonly string[],
  extra: Partial<Chunk> = {},
): DocumentChunks {
  const chunks = texts.map((text, ordinal) => ({
    id: createHash('sha256')
      .update(JSON.stringify([docId, ordinal, text]))
      .digest('hex'),
    brand,
    source: 'https://docs.example.com',
    docId,
    url: `https://docs.example.com/${docId}`,
    title: `About ${docId}`,
    headingPath: ['Manual', 'Basics'],
    ordinal,
    text,
    fetchedAt: '2026-11-23T00:00:00.000Z',
    ...extra,
  }));
  return { brand, docId, chunks };
}

/** A vector that points along one axis. */
export function axis(dimensions: number, along: number): Float32Array {
  const vector = new Float32Array(dimensions);
  vector[along % dimensions] = 1;
  return vector;
}
