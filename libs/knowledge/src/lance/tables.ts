import { Index, type Table } from '@lancedb/lancedb';
import type { EmbedderRef } from '../knowledge-store.ts';
import { createGate, type Gate } from './gate.ts';
import { openOrCreate, type Place } from './open-or-create.ts';
import { CHUNKS, chunkSchema, embedderOf, vectorSchema, vectorTableName } from './schema.ts';

/** The tables of a store, opened once, and the gate that every query passes. */
export interface Tables {
  readonly chunks: Table;
  /** `undefined` if the embedder has no table yet. */
  vectors(embedderId: string): Promise<Table | undefined>;
  ensureVectors(embedder: EmbedderRef): Promise<Table>;
  allVectors(): Promise<{ readonly embedderId: string; readonly table: Table }[]>;
  /** Reads or writes; once more, with the newest version, if another process removed the old one. */
  run<T>(table: Table, job: (table: Table) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** 200 unbounded queries at once took 10 GB; more than 8 do not become faster on two cores. */
const MAX_QUERIES = 8;

/** The texts are terms already, each document in its own language: the index only parts them. */
export const textIndex = (): Index =>
  Index.fts({
    baseTokenizer: 'whitespace',
    stem: false,
    lowercase: false,
    removeStopWords: false,
    asciiFolding: false,
    withPosition: false,
  });

export async function openTables(place: Place): Promise<Tables> {
  const { connection } = place;
  const gate: Gate = createGate(MAX_QUERIES);
  const chunks = await openOrCreate(place, CHUNKS, chunkSchema);
  await checkSchema(chunks);
  await ensureTextIndex(chunks);
  const opened = new Map<string, Promise<Table>>();

  const open = (name: string, how: () => Promise<Table>): Promise<Table> => {
    const known = opened.get(name);
    if (known) return known;
    const opening = how();
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
    return opening;
  };

  const tables: Tables = {
    chunks,
    async vectors(embedderId) {
      const name = vectorTableName(embedderId);
      const known = opened.get(name);
      if (known) return known;
      const names = await connection.tableNames();
      return names.includes(name) ? open(name, () => connection.openTable(name)) : undefined;
    },
    ensureVectors({ id, dimensions }) {
      const name = vectorTableName(id);
      return open(name, () => openOrCreate(place, name, vectorSchema(dimensions)));
    },
    async allVectors() {
      const names = await connection.tableNames();
      const known = names.flatMap((name) => {
        const embedderId = embedderOf(name);
        return embedderId === undefined ? [] : [{ embedderId, name }];
      });
      return Promise.all(
        known.map(async ({ embedderId, name }) => ({
          embedderId,
          table: await open(name, () => connection.openTable(name)),
        })),
      );
    },
    run: (table, job) =>
      gate(async () => {
        try {
          return await job(table);
        } catch (error) {
          if (!isGone(error)) throw error;
          await table.checkoutLatest();
          return job(table);
        }
      }),
    async close() {
      const others = await Promise.all(opened.values());
      for (const table of [chunks, ...others]) table.close();
    },
  };
  return tables;
}

/** A file of the version that the handle still looks at was removed by a compaction. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && /not found/i.test(error.message) && error.message.includes('.lance');

/** Throws if the chunks have not the columns of this version */
async function checkSchema(chunks: Table): Promise<void> {
  const { fields } = await chunks.schema();
  const has = new Set(fields.map(({ name }) => name));
  const missing = chunkSchema.fields.find(({ name }) => !has.has(name));
  if (!missing) return;
  throw new Error(
    `the knowledge was written by an older version (its chunks have no '${missing.name}'): remove the folder 'knowledge' of SLIPSTREAM_DATA_DIR and crawl again`,
  );
}

const TEXT_INDEX = 'search_idx';

/** Several processes may do this at the same moment: one makes the index, the others find it. */
async function ensureTextIndex(chunks: Table): Promise<void> {
  if (await hasIndex(chunks, TEXT_INDEX)) return;
  try {
    await chunks.createIndex('search', { config: textIndex(), replace: false });
  } catch (error) {
    await chunks.checkoutLatest();
    if (!(await hasIndex(chunks, TEXT_INDEX))) throw error;
  }
}

export async function hasIndex(table: Table, name: string): Promise<boolean> {
  const indices = await table.listIndices();
  return indices.some((index) => index.name === name);
}

/** Rows that keyword search has to read one by one. */
export async function unindexedTexts(chunks: Table): Promise<number> {
  const stats = await chunks.indexStats(TEXT_INDEX);
  return stats?.numUnindexedRows ?? 0;
}
