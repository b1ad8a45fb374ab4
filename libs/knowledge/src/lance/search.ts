import { MatchQuery, type Query, type VectorQuery } from '@lancedb/lancedb';
import type { Chunk } from '@slipstream/contracts';
import type { Hit } from '@slipstream/retrieval';
import { checkDimensions } from '../check-documents.ts';
import type { ChunkFilter, DocumentRef, EmbedderRef } from '../knowledge-store.ts';
import { rowsOf } from './rows.ts';
import { type ChunkRow, chunkColumns, chunkKey, toChunk } from './schema.ts';
import { documentsSql, filterSql, oneOf } from './sql.ts';
import type { Tables } from './tables.ts';
import { dimensionsOf } from './vectors.ts';

export async function textSearch(
  tables: Tables,
  query: readonly string[],
  k: number,
  filter: ChunkFilter,
): Promise<Hit<Chunk>[]> {
  if (query.length === 0) return [];
  const rows = await tables.run(tables.chunks, (table) => {
    // A MatchQuery takes its words as words; a plain string could be read as syntax.
    const found = table.query().fullTextSearch(new MatchQuery(query.join(' '), 'search'));
    // Naming `_score` keeps the library from warning on stderr at every query.
    const columns = [...chunkColumns, '_score'];
    return rowsOf<ChunkRow & { _score: number }>(limited(found, filter).select(columns).limit(k));
  });
  return rows.map((row) => ({ chunk: toChunk(row), score: row._score }));
}

export async function vectorSearch(
  tables: Tables,
  embedder: EmbedderRef,
  vector: Float32Array,
  k: number,
  filter: ChunkFilter,
): Promise<Hit<Chunk>[]> {
  checkDimensions(embedder, vector.length);
  const vectors = await tables.vectors(embedder.id);
  if (!vectors) return [];
  checkDimensions(embedder, vector.length, await dimensionsOf(vectors));
  const near = await tables.run(vectors, (table) => {
    const found = limited(table.query().nearestTo(vector).distanceType('cosine'), filter);
    // Refined: the index holds one byte per dimension, and its distances are off by as much as 0.4.
    return rowsOf<{ key: string; _distance: number }>(
      found.ef(SEARCH_WIDTH).refineFactor(2).select(['key', '_distance']).limit(k),
    );
  });
  const chunks = await chunksByKey(
    tables,
    near.map(({ key }) => key),
  );
  return near.flatMap(({ key, _distance }) => {
    const chunk = chunks.get(key);
    return chunk ? [{ chunk, score: 1 - _distance }] : [];
  });
}

export async function similarities(
  tables: Tables,
  embedder: EmbedderRef,
  vector: Float32Array,
  of: readonly Chunk[],
): Promise<Hit<Chunk>[]> {
  checkDimensions(embedder, vector.length);
  const vectors = of.length === 0 ? undefined : await tables.vectors(embedder.id);
  if (!vectors) return [];
  checkDimensions(embedder, vector.length, await dimensionsOf(vectors));
  const chunks = new Map(of.map((chunk) => [chunkKey(chunk), chunk]));
  const rows = await tables.run(vectors, (table) => {
    const found = table.query().nearestTo(vector).distanceType('cosine').bypassVectorIndex();
    return rowsOf<{ key: string; _distance: number }>(
      found.where(oneOf('key', chunks.keys())).select(['key', '_distance']).limit(chunks.size),
    );
  });
  return rows.flatMap(({ key, _distance }) => {
    const chunk = chunks.get(key);
    return chunk ? [{ chunk, score: 1 - _distance }] : [];
  });
}

export async function getChunks(
  tables: Tables,
  ids: readonly string[],
  filter: ChunkFilter,
): Promise<Chunk[]> {
  if (ids.length === 0) return [];
  const condition = [oneOf('id', ids), filterSql(filter)].filter(Boolean).join(' AND ');
  const rows = await tables.run(tables.chunks, (table) =>
    rowsOf<ChunkRow>(table.query().where(condition).select(chunkColumns)),
  );
  const byId = Map.groupBy(rows.map(toChunk), ({ id }) => id);
  return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function chunksOf(
  tables: Tables,
  documents: readonly DocumentRef[],
): Promise<Chunk[]> {
  if (documents.length === 0) return [];
  const rows = await tables.run(tables.chunks, (table) =>
    rowsOf<ChunkRow>(table.query().where(documentsSql(documents)).select(chunkColumns)),
  );
  return rows.map(toChunk).sort((one, other) => one.ordinal - other.ordinal);
}

/** Candidates that the graph index keeps while it walks: wider finds more and takes longer. */
const SEARCH_WIDTH = 150;

/** The two tables of a search may be read at different moments: what seems missing is looked up anew. */
async function chunksByKey(tables: Tables, keys: readonly string[]): Promise<Map<string, Chunk>> {
  const found = await rowsByKey(tables, keys);
  const absent = keys.filter((key) => !found.has(key));
  if (absent.length === 0) return found;
  await tables.chunks.checkoutLatest();
  return new Map([...found, ...(await rowsByKey(tables, absent))]);
}

async function rowsByKey(tables: Tables, keys: readonly string[]): Promise<Map<string, Chunk>> {
  if (keys.length === 0) return new Map();
  const rows = await tables.run(tables.chunks, (table) =>
    rowsOf<ChunkRow>(table.query().where(oneOf('key', keys)).select(chunkColumns)),
  );
  return new Map(rows.map((row) => [row.key, toChunk(row)]));
}

/** `where` gives back the very query it is called on. */
function limited<Q extends Query | VectorQuery>(query: Q, filter: ChunkFilter): Q {
  const condition = filterSql(filter);
  if (condition !== undefined) query.where(condition);
  return query;
}
