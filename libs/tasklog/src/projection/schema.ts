import { DatabaseSync } from 'node:sqlite';

/** Raised when the tables or the merge change: an older file is thrown away and rebuilt from the log. */
const VERSION = 2;

const tables = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS tasks (
    id TEXT PRIMARY KEY, run INTEGER NOT NULL, kind TEXT NOT NULL, category TEXT NOT NULL,
    priority TEXT NOT NULL, state TEXT NOT NULL, rank INTEGER NOT NULL, attempt INTEGER NOT NULL,
    maxAttempts INTEGER, result TEXT, resultRef TEXT, error TEXT, attempts TEXT NOT NULL,
    tags TEXT NOT NULL, createdAt INTEGER NOT NULL, startedAt INTEGER, finishedAt INTEGER,
    runAt INTEGER, worker TEXT, traceId TEXT, parentId TEXT, progress TEXT, children TEXT,
    flowSeq INTEGER NOT NULL, starts TEXT NOT NULL, touchedAt INTEGER NOT NULL, seqs TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS tasks_by_state ON tasks (state, category);
  CREATE INDEX IF NOT EXISTS tasks_by_parent ON tasks (parentId) WHERE parentId IS NOT NULL;
`;

/** Opens the projection's file for writing; makes it anew when it is of another version. */
export function openForWriting(file: string): DatabaseSync {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON;');
  db.exec('PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;');
  const version = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version.user_version !== VERSION) {
    db.exec(
      `DROP TABLE IF EXISTS tasks; DROP TABLE IF EXISTS meta; PRAGMA user_version = ${VERSION};`,
    );
  }
  db.exec(tables);
  return db;
}

export function openForReading(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true });
  db.exec('PRAGMA cache_size = -65536; PRAGMA busy_timeout = 2000;');
  return db;
}
