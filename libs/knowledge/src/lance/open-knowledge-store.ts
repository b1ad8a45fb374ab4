import { connect } from '@lancedb/lancedb';
import type { Chunk } from '@slipstream/contracts';
import { checkDocuments, documentKey } from '../check-documents.ts';
import type { ChunkFilter, DocumentRef, KnowledgeStore, VectorCount } from '../knowledge-store.ts';
import { queryTerms } from '../search-text.ts';
import { countVectors, summarize } from '../summarize.ts';
import { createLanguages } from './languages.ts';
import { erase, maintain } from './maintain.ts';
import { rowsOf } from './rows.ts';
import type { ChunkRow } from './schema.ts';
import { chunksOf, getChunks, similarities, textSearch, vectorSearch } from './search.ts';
import { filterSql } from './sql.ts';
import { storeBytes } from './store-bytes.ts';
import { openTables, type Tables } from './tables.ts';
import { keepUp } from './upkeep.ts';
import { addVectors, dropVectors, missingVectors, unembedded } from './vectors.ts';
import { removeDocuments, writeDocuments } from './write-documents.ts';

export interface KnowledgeStoreOptions {
  /** A folder, or an address of object storage (`s3://bucket/knowledge`). Made if it is not there. */
  readonly uri: string;
  /** How old a read may be. 0, the default, sees every commit of every process. */
  readonly readConsistencyMs?: number;
  /** How long compaction keeps old versions for readers in other processes. Default: 60 s. */
  readonly keepVersionsMs?: number;
  /** Credentials and settings of object storage, as LanceDB names them. */
  readonly storageOptions?: Readonly<Record<string, string>>;
}

/** A store of LanceDB tables: `chunks`, and one table of vectors per embedder. */
export async function openKnowledgeStore(options: KnowledgeStoreOptions): Promise<KnowledgeStore> {
  const { uri, readConsistencyMs = 0, keepVersionsMs = 60_000, storageOptions } = options;
  const connection = await connect(uri, {
    readConsistencyInterval: readConsistencyMs / 1_000,
    ...(storageOptions && { storageOptions: { ...storageOptions } }),
  });
  const tables = await openTables({ connection, uri });
  const { chunks } = tables;
  const languages = createLanguages(tables);

  return {
    async writeDocuments(documents) {
      checkDocuments(documents);
      const { counts, isCommitted } = await writeDocuments(tables, documents);
      languages.forget();
      if (isCommitted) await keepUp(chunks, true, keepVersionsMs);
      return counts;
    },
    removeDocuments: (documents) => removeDocuments(tables, documents),
    erase(of) {
      languages.forget();
      return erase(tables, of);
    },
    missingVectors: (document, embedder) => missingVectors(tables, document, embedder),
    unembedded: (embedder, { brand } = {}) => unembedded(tables, embedder, brand),
    dropVectors: (embedderId) => dropVectors(tables, embedderId),
    async addVectors(embedder, rows) {
      const added = await addVectors(tables, embedder, rows);
      if (added > 0) await keepUp(await tables.ensureVectors(embedder), false, keepVersionsMs);
      return added;
    },
    async textSearch(query, k, filter = {}) {
      const among = await languages.of(filter);
      return textSearch(tables, queryTerms(query, among), k, filter);
    },
    vectorSearch: (embedder, vector, k, filter = {}) =>
      vectorSearch(tables, embedder, vector, k, filter),
    languages: (filter = {}) => languages.of(filter),
    similarities: (embedder, vector, of) => similarities(tables, embedder, vector, of),
    chunksOf: (documents) => chunksOf(tables, documents),
    get: (ids, filter = {}) => getChunks(tables, ids, filter),
    async listDocuments(filter = {}) {
      return summarize(await placesWhere(tables, filter));
    },
    listVectors: (filter = {}) => vectorsWhere(tables, filter),
    sampleTexts: (count, filter = {}) => sampleTexts(tables, count, filter),
    async stats() {
      const vectorTables = await tables.allVectors();
      const vectors = vectorTables.map(
        async ({ embedderId, table }) => [embedderId, await table.countRows()] as const,
      );
      const documents = await tables.run(chunks, (table) =>
        rowsOf<DocumentRef>(table.query().select(['brand', 'docId'])),
      );
      return {
        chunks: documents.length,
        documents: new Set(documents.map(documentKey)).size,
        vectors: Object.fromEntries(await Promise.all(vectors)),
        bytes: await storeBytes(uri, [chunks, ...vectorTables.map(({ table }) => table)]),
      };
    },
    maintain: () => maintain(tables, uri, keepVersionsMs),
    async [Symbol.asyncDispose]() {
      await tables.close();
      connection.close();
    },
  };
}

const placeColumns = ['brand', 'docId', 'source', 'url', 'title', 'page', 'fetchedAt'] as const;

type Place = Pick<ChunkRow, (typeof placeColumns)[number]>;

function placesWhere(tables: Tables, filter: ChunkFilter): Promise<Place[]> {
  const condition = filterSql(filter);
  return tables.run(tables.chunks, (table) => {
    const query = table.query().select([...placeColumns]);
    return rowsOf<Place>(condition === undefined ? query : query.where(condition));
  });
}

async function vectorsWhere(tables: Tables, filter: ChunkFilter): Promise<VectorCount[]> {
  const condition = filterSql(filter);
  const counts: VectorCount[] = [];
  for (const { embedderId, table } of await tables.allVectors()) {
    const rows = await tables.run(table, (vectors) => {
      const query = vectors.query().select(['brand', 'docId']);
      return rowsOf<DocumentRef>(condition === undefined ? query : query.where(condition));
    });
    counts.push(...countVectors(embedderId, rows));
  }
  return counts;
}

async function sampleTexts(tables: Tables, count: number, filter: ChunkFilter): Promise<string[]> {
  const condition = filterSql(filter);
  return tables.run(tables.chunks, async (table) => {
    if (condition === undefined) {
      const offsets = spread(count, await table.countRows());
      if (offsets.length === 0) return [];
      return textsOf(await rowsOf<Text>(table.takeOffsets(offsets).select(['text'])));
    }
    const query = table.query().where(condition).select(['_rowid']).withRowId();
    const ids = (await rowsOf<{ _rowid: bigint }>(query)).map(({ _rowid }) => _rowid);
    const taken = spread(count, ids.length).map((at) => ids[at] ?? 0n);
    if (taken.length === 0) return [];
    return textsOf(await rowsOf<Text>(table.takeRowIds(taken).select(['text'])));
  });
}

type Text = Pick<Chunk, 'text'>;
const textsOf = (rows: readonly Text[]): string[] => rows.map(({ text }) => text);

/** At most `count` places, evenly among so many. */
function spread(count: number, among: number): number[] {
  const take = Math.min(count, among);
  return Array.from({ length: take }, (_, nth) => Math.floor((nth * among) / take));
}
