import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Table } from '@lancedb/lancedb';
import { isFolder } from './folder.ts';

/** Bytes of the store: of its folder with old versions, or, on object storage, of the current version. */
export async function storeBytes(uri: string, tables: readonly Table[]): Promise<number> {
  if (!isFolder(uri)) {
    const stats = await Promise.all(tables.map((table) => table.stats()));
    return stats.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  }
  const entries = await readdir(uri, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => sizeOf(join(file.parentPath, file.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A file that a compaction of another process just removed has no size. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}
