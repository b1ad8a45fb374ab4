import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, connect, type Table } from '@lancedb/lancedb';
import type { Schema } from 'apache-arrow';
import { isFolder } from './folder.ts';

export interface Place {
  readonly connection: Connection;
  readonly uri: string;
}

/**
 * Opens a table, or makes an empty one. Several processes may do this at the same moment, and of two
 * creations LanceDB (0.39) lets the later one replace the table of the earlier one with its rows. So
 * a table is made aside, and moved into its place, where there is room for one of them. In object
 * storage nothing can be moved: open a new store there from one process first.
 */
export async function openOrCreate(
  { connection, uri }: Place,
  name: string,
  schema: Schema,
): Promise<Table> {
  if (!(await isThere(connection, name))) {
    if (!isFolder(uri)) return connection.createEmptyTable(name, schema, { existOk: true });
    await createAside({ connection, uri }, name, schema);
  }
  return connection.openTable(name);
}

async function createAside({ connection, uri }: Place, name: string, schema: Schema) {
  const aside = join(uri, `new-${randomUUID()}`);
  try {
    const making = await connect(aside);
    (await making.createEmptyTable(name, schema)).close();
    making.close();
    await rename(join(aside, `${name}.lance`), join(uri, `${name}.lance`));
  } catch (error) {
    // Somebody else was faster, which every system says in another way.
    if (!(await isThere(connection, name))) throw error;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

const isThere = async (connection: Connection, name: string): Promise<boolean> =>
  (await connection.tableNames()).includes(name);
