import type { Query, TakeQuery, VectorQuery } from '@lancedb/lancedb';

/** The rows of a query. The caller names the columns in `select`, and so their type. */
export async function rowsOf<Row>(query: Query | TakeQuery | VectorQuery): Promise<Row[]> {
  const rows: unknown = await query.toArray();
  return rows as Row[];
}
