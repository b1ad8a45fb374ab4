import { DatabaseSync } from 'node:sqlite';

/** Raised when the tables or the merge change: an older file is thrown away and rebuilt from the log. */
export const VERSION = 5;

/**
 * `tasks` is read by id, by number (`n`: the order in which the log told of them, newest last), and by
 * lane. `terms` finds by tag, parent and error, within a lane too; `search` by words. Both hold
 * entries only of tasks that have something to find. `minutes` counts what ended,
 * `hooked` has the ends that a webhook waits for.
 */
const tables = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tasks (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lane INTEGER NOT NULL,
    run INTEGER NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL,
    priority TEXT NOT NULL, state TEXT NOT NULL, rank INTEGER NOT NULL, attempt INTEGER NOT NULL,
    maxAttempts INTEGER, result TEXT, resultRef TEXT, error TEXT, attempts TEXT NOT NULL,
    tags TEXT NOT NULL, createdAt INTEGER NOT NULL, queuedAt INTEGER NOT NULL, startedAt INTEGER,
    finishedAt INTEGER, runAt INTEGER, worker TEXT, traceId TEXT, parentId TEXT, progress TEXT,
    children TEXT, flowSeq INTEGER NOT NULL, starts TEXT NOT NULL, touchedAt INTEGER NOT NULL,
    seqs TEXT NOT NULL, sourceSeq INTEGER NOT NULL,
    discarded INTEGER NOT NULL, idem TEXT, webhook TEXT, words TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS tasks_by_lane ON tasks (lane, n);
  CREATE INDEX IF NOT EXISTS tasks_by_idem ON tasks (idem) WHERE idem IS NOT NULL;
  CREATE TABLE IF NOT EXISTS hooked (
    seq INTEGER NOT NULL, id TEXT NOT NULL, run INTEGER NOT NULL,
    PRIMARY KEY (seq, id, run), UNIQUE (id, run)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS kinds (
    code INTEGER PRIMARY KEY, kind TEXT NOT NULL, category TEXT NOT NULL, UNIQUE (kind, category)
  );
  CREATE TABLE IF NOT EXISTS terms (
    term TEXT NOT NULL, lane INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (term, lane, n)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS minutes (
    minute INTEGER NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL, succeeded INTEGER NOT NULL,
    failed INTEGER NOT NULL, cancelled INTEGER NOT NULL, wait BLOB NOT NULL, run BLOB NOT NULL,
    PRIMARY KEY (minute, kind, category)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
    words, content='', contentless_delete=1, detail=none, prefix='3'
  );
`;

export const tableNames = [
  'tasks',
  'hooked',
  'kinds',
  'terms',
  'minutes',
  'words',
  'search',
] as const;

/** Opens the projection's file for writing; makes it anew when it is of another version. */
export function openForWriting(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;');
  db.exec('PRAGMA cache_size = -12288; PRAGMA temp_store = MEMORY;');
  const version = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version.user_version !== VERSION) {
    for (const name of [...tableNames, 'meta']) db.exec(`DROP TABLE IF EXISTS ${name}`);
    db.exec(`PRAGMA user_version = ${VERSION}`);
  }
  db.exec(tables);
  return db;
}

export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec('PRAGMA cache_size = -8192; PRAGMA busy_timeout = 2000;');
  return db;
}
