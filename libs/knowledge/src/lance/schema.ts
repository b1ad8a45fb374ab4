import { createHash } from 'node:crypto';
import type { Chunk } from '@slipstream/contracts';
import type { Language } from '@slipstream/retrieval';
import { Field, FixedSizeList, Float32, Int32, List, Schema, Utf8 } from 'apache-arrow';
import { searchText } from '../search-text.ts';

export const CHUNKS = 'chunks';
const VECTORS = 'vectors_';

const text = (name: string): Field => new Field(name, new Utf8(), false);

/**
 * Marked as the primary key: then of two processes that insert the same key at once, one tries
 * again and finds it there. Without the mark both rows stay (up to 255 of 375 were doubled).
 */
const key = new Field(
  'key',
  new Utf8(),
  false,
  new Map([['lance-schema:unenforced-primary-key', 'true']]),
);

export const chunkSchema = new Schema([
  key,
  ...['id', 'brand', 'source', 'docId', 'url', 'title'].map(text),
  new Field('headingPath', new List(new Field('item', new Utf8(), true)), false),
  new Field('page', new Int32(), true),
  new Field('ordinal', new Int32(), false),
  ...['text', 'fetchedAt', 'language', 'search'].map(text),
]);

/** Everything but what only searches need. */
export const chunkColumns = chunkSchema.fields
  .map(({ name }) => name)
  .filter((name) => name !== 'search' && name !== 'language');

export const vectorSchema = (dimensions: number): Schema =>
  new Schema([
    key,
    ...['brand', 'source', 'docId', 'url', 'fetchedAt'].map(text),
    new Field(
      'vector',
      new FixedSizeList(dimensions, new Field('item', new Float32(), true)),
      false,
    ),
  ]);

/**
 * The key of a chunk in all tables. A chunk's id does not know its brand, and two brands may have
 * the same page. A hash, so that no name of a brand stays behind in an index.
 */
export function chunkKey({ brand, id }: Pick<Chunk, 'brand' | 'id'>): string {
  const hash = createHash('sha256').update(brand).digest('hex').slice(0, 16);
  return `${id}.${hash}`;
}

export function toRow(chunk: Chunk, language: Language): Record<string, unknown> {
  const { headingPath, page = null } = chunk;
  return {
    ...chunk,
    key: chunkKey(chunk),
    headingPath: [...headingPath],
    page,
    language,
    search: searchText(chunk, language),
  };
}

/** A row as Arrow gives it; lists and numbers are still Arrow's own. */
export interface ChunkRow extends Omit<Chunk, 'headingPath' | 'page'> {
  readonly key: string;
  readonly headingPath: Iterable<string>;
  readonly page: number | null;
}

export function toChunk(row: ChunkRow): Chunk {
  const { id, brand, source, docId, url, title, headingPath, page, ordinal, text, fetchedAt } = row;
  const place = page === null ? {} : { page };
  const head = { id, brand, source, docId, url, title, headingPath: [...headingPath] };
  return { ...head, ...place, ordinal, text, fetchedAt };
}

/** `BAAI/bge-small` -> `vectors_BAAI_2fbge-small`: other characters as their code, so that it can be undone. */
export function vectorTableName(embedderId: string): string {
  const safe = Buffer.from(embedderId)
    .toString('latin1')
    .replace(/[^A-Za-z0-9.-]/g, (char) => `_${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return VECTORS + safe;
}

/** The embedder of a vector table; `undefined` for other tables. */
export function embedderOf(tableName: string): string | undefined {
  if (!tableName.startsWith(VECTORS)) return undefined;
  const latin = tableName
    .slice(VECTORS.length)
    .replace(/_([0-9a-f]{2})/g, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
  return Buffer.from(latin, 'latin1').toString();
}
