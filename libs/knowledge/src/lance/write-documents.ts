import type { Table } from '@lancedb/lancedb';
import type { Chunk } from '@slipstream/contracts';
import type { Language } from '@slipstream/retrieval';
import { documentKey } from '../check-documents.ts';
import type { DocumentChunks, DocumentRef, WriteCounts } from '../knowledge-store.ts';
import { documentLanguage } from '../search-text.ts';
import { rowsOf } from './rows.ts';
import { chunkKey, toRow } from './schema.ts';
import { documentsSql, oneOf } from './sql.ts';
import type { Tables } from './tables.ts';

interface Stored extends DocumentRef {
  readonly key: string;
  readonly title: string;
  readonly url: string;
  readonly ordinal: number;
  readonly language: string;
}

/** What has to happen to one document. */
interface Plan {
  readonly document: DocumentChunks;
  readonly language: Language;
  readonly chunks: ReadonlyMap<string, Chunk>;
  /** Keys of rows that go or are replaced. */
  readonly stale: readonly string[];
  /** A chunk that stays has another place in the document now, or is read in another language. */
  readonly isRewritten: boolean;
  readonly counts: WriteCounts;
}

/** One commit for all documents that changed, none if none did; one more for those that are rebuilt. */
export async function writeDocuments(
  tables: Tables,
  documents: readonly DocumentChunks[],
): Promise<{ readonly counts: WriteCounts[]; readonly isCommitted: boolean }> {
  if (documents.length === 0) return { counts: [], isCommitted: false };
  const stored = await tables.run(tables.chunks, (table) => storedRows(table, documents));
  const byDocument = Map.groupBy(stored, documentKey);
  const plans = documents.map((document) =>
    planFor(document, byDocument.get(documentKey(document)) ?? []),
  );
  const changed = plans.filter(
    ({ counts, isRewritten }) => counts.added + counts.removed > 0 || isRewritten,
  );
  for (const some of Map.groupBy(changed, ({ document }) => document.rebuild === true).values())
    await tables.run(tables.chunks, (table) => commit(table, some));
  await removeVectors(
    tables,
    changed.flatMap(({ stale }) => stale),
  );
  return { counts: plans.map(({ counts }) => counts), isCommitted: changed.length > 0 };
}

/** Texts go first: a vector without its chunk is never found, and is swept by the maintenance. */
export async function removeDocuments(
  tables: Tables,
  documents: readonly DocumentRef[],
): Promise<number> {
  const { counts } = await writeDocuments(
    tables,
    documents.map((document) => ({ ...document, chunks: [] })),
  );
  return counts.reduce((sum, { removed }) => sum + removed, 0);
}

const STORED = ['key', 'brand', 'docId', 'title', 'url', 'ordinal', 'language'];

async function storedRows(table: Table, documents: readonly DocumentRef[]): Promise<Stored[]> {
  const query = table.query().where(documentsSql(documents));
  return rowsOf<Stored>(query.select(STORED));
}

function planFor(document: DocumentChunks, stored: readonly Stored[]): Plan {
  const chunks = new Map(document.chunks.map((chunk) => [chunkKey(chunk), chunk]));
  const kept = stored.filter(({ key, title, url }) => {
    const chunk = chunks.get(key);
    return chunk?.title === title && chunk.url === url;
  });
  const keptKeys = new Set(kept.map(({ key }) => key));
  const stale = stored.map(({ key }) => key).filter((key) => !keptKeys.has(key));
  const language = document.language ?? documentLanguage(document.chunks);
  const isRewritten =
    document.rebuild === true ||
    kept.some((row) => row.ordinal !== chunks.get(row.key)?.ordinal || row.language !== language);
  const added = chunks.size - keptKeys.size;
  const counts = { added, unchanged: keptKeys.size, removed: stale.length };
  return { document, language, chunks, stale, isRewritten, counts };
}

const REPLACED = ['title', 'url', 'ordinal', 'language']
  .map((column) => `target.${column} != source.${column}`)
  .join(' OR ');

async function commit(table: Table, plans: readonly Plan[]): Promise<void> {
  const rows = plans.flatMap(({ chunks, language }) =>
    [...chunks.values()].map((chunk) => toRow(chunk, language)),
  );
  const replaced = plans[0]?.document.rebuild ? undefined : { where: REPLACED };
  await table
    .mergeInsert('key')
    .whenMatchedUpdateAll(replaced)
    .whenNotMatchedInsertAll()
    .whenNotMatchedBySourceDelete({ where: documentsSql(plans.map(({ document }) => document)) })
    .execute(rows);
}

/** Keys of one condition: longer lists take SQL's planner longer than the deletion itself. */
const MAX_KEYS = 1_000;

export async function removeVectors(tables: Tables, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  for (const { table } of await tables.allVectors()) {
    for (let at = 0; at < keys.length; at += MAX_KEYS) {
      const condition = oneOf('key', keys.slice(at, at + MAX_KEYS));
      await tables.run(table, (vectors) => vectors.delete(condition));
    }
  }
}
