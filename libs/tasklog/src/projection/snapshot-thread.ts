/** A thread of its own that copies the projection's file, which takes seconds when it is large. */
import { parentPort, workerData } from 'node:worker_threads';
import { openForReading } from './schema.ts';

export interface SnapshotInput {
  readonly file: string;
  /** Must not exist. */
  readonly copy: string;
}

/** What is in the copy. */
export interface Copied {
  readonly version: number;
  readonly stream: string;
  /** Sequence of the last message applied. */
  readonly seq: number;
  /** The oldest message that a task which is kept was told of in; 0: none is kept. */
  readonly oldestSeq: number;
}

const port = parentPort;
if (!port) throw new Error('snapshot-thread.ts runs as a worker thread');
const { file, copy } = workerData as SnapshotInput;

const source = openForReading(file);
source.prepare('VACUUM INTO ?').run(copy);
source.close();

const db = openForReading(copy);
const meta = (key: string) =>
  String(db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? '');
const oldest = db.prepare("SELECT min(CAST(seqs AS INTEGER)) AS seq FROM tasks WHERE seqs <> ''");
const copied: Copied = {
  version: Number(db.prepare('PRAGMA user_version').get()?.['user_version']),
  stream: meta('stream'),
  seq: Number(meta('seq')),
  oldestSeq: Number(oldest.get()?.['seq'] ?? 0),
};
db.close();
port.postMessage(copied);
