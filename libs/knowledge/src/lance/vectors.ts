import type { Table } from '@lancedb/lancedb';
import type { Chunk } from '@slipstream/contracts';
import { DataType } from 'apache-arrow';
import { checkDimensions } from '../check-documents.ts';
import { countUnembedded } from '../count-unembedded.ts';
import type {
  DocumentRef,
  EmbedderRef,
  UnembeddedDocument,
  VectorRow,
} from '../knowledge-store.ts';
import { rowsOf } from './rows.ts';
import { type ChunkRow, chunkColumns, chunkKey, toChunk } from './schema.ts';
import { documentsSql, filterSql, oneOf } from './sql.ts';
import type { Tables } from './tables.ts';
import { compact } from './upkeep.ts';

export async function missingVectors(
  tables: Tables,
  document: DocumentRef,
  embedder: EmbedderRef,
): Promise<Chunk[]> {
  const condition = documentsSql([document]);
  const rows = await tables.run(tables.chunks, (table) =>
    rowsOf<ChunkRow>(table.query().where(condition).select(chunkColumns)),
  );
  const vectors = await tables.vectors(embedder.id);
  const have = vectors ? await tables.run(vectors, (table) => keysWhere(table, condition)) : [];
  const embedded = new Set(have);
  return rows
    .filter(({ key }) => !embedded.has(key))
    .map(toChunk)
    .sort((one, other) => one.ordinal - other.ordinal);
}

export async function unembedded(
  tables: Tables,
  embedder: EmbedderRef,
  brand?: string,
): Promise<UnembeddedDocument[]> {
  const condition = filterSql(brand === undefined ? {} : { brand });
  const vectors = await tables.vectors(embedder.id);
  // In this order: a chunk that comes meanwhile is not in the list, and its task embeds it.
  const rows = await tables.run(tables.chunks, (table) => {
    const query = table.query().select(['key', 'brand', 'docId']);
    return rowsOf<DocumentRef & { key: string }>(condition ? query.where(condition) : query);
  });
  const have = vectors ? await tables.run(vectors, (table) => keysWhere(table, condition)) : [];
  return countUnembedded(rows, new Set(have));
}

/** The table stays, empty: other processes have it open, and its embedder may come back. */
export async function dropVectors(tables: Tables, embedderId: string): Promise<number> {
  const vectors = await tables.vectors(embedderId);
  if (!vectors) return 0;
  const { numDeletedRows } = await tables.run(vectors, (table) => table.delete('true'));
  // The first pass leaves the version that it replaced; the second takes that too.
  for (let pass = 0; pass < 2; pass++) await compact(vectors, 0);
  return numDeletedRows;
}

export async function addVectors(
  tables: Tables,
  embedder: EmbedderRef,
  rows: readonly VectorRow[],
): Promise<number> {
  for (const { vector } of rows) checkDimensions(embedder, vector.length);
  if (rows.length === 0) return 0;
  const vectors = new Map(rows.map((row) => [chunkKey(row), row.vector]));
  const table = await tables.ensureVectors(embedder);
  checkDimensions(embedder, embedder.dimensions, await dimensionsOf(table));
  const chunks = await tables.run(tables.chunks, (from) => placesOf(from, [...vectors.keys()]));
  if (chunks.length === 0) return 0;
  const added = chunks.map((chunk) => ({ ...chunk, vector: vectors.get(chunk.key) }));
  const { numInsertedRows } = await tables.run(table, (into) =>
    into.mergeInsert('key').whenNotMatchedInsertAll().execute(added),
  );
  return numInsertedRows;
}

const dimensions = new WeakMap<Table, number>();

/** The dimensions of a table's vectors: read once, for they never change. */
export async function dimensionsOf(table: Table): Promise<number> {
  const known = dimensions.get(table);
  if (known !== undefined) return known;
  const { fields } = await table.schema();
  const type = fields.find(({ name }) => name === 'vector')?.type;
  // By its tag: the library brings a second copy of the class.
  if (!DataType.isFixedSizeList(type)) throw new Error(`table ${table.name} holds no vectors`);
  dimensions.set(table, type.listSize);
  return type.listSize;
}

/** What a vector row repeats of its chunk, so that searches can be limited to it. */
type Place = Pick<ChunkRow, 'key' | 'brand' | 'source' | 'docId' | 'url'>;

async function placesOf(chunks: Table, keys: readonly string[]): Promise<Place[]> {
  const rows = await rowsOf<Place>(
    chunks.query().where(oneOf('key', keys)).select(['key', 'brand', 'source', 'docId', 'url']),
  );
  return rows.map(({ key, brand, source, docId, url }) => ({ key, brand, source, docId, url }));
}

export async function keysWhere(table: Table, condition?: string): Promise<string[]> {
  const query = table.query().select(['key']);
  const rows = await rowsOf<{ key: string }>(condition ? query.where(condition) : query);
  return rows.map(({ key }) => key);
}
