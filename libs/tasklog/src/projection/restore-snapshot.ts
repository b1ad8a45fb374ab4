import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { type Bus, directLast } from '@slipstream/jetstream';
import { openForReading, VERSION } from './schema.ts';
import { partOf, readSnapshot, type Snapshot } from './snapshot.ts';

/** Parts on their way at once. */
const AHEAD = 4;

/**
 * Puts the newest snapshot where the projection's file is to be, if that file cannot follow the log
 * from where it is: there is none, it is of another log or version, or the log was trimmed beyond
 * it. Resolves with whether it did; otherwise the file is as good as it was, or gone, and the log
 * has all that is needed.
 */
export async function restoreSnapshot(bus: Bus, file: string): Promise<boolean> {
  const { created, state } = await bus.manager.streams.info('EVENTS');
  const known = positionOf(file);
  const follows = known?.stream === created && known.version === VERSION;
  if (follows && known.seq + 1 >= state.first_seq) return false;
  // It would miss what was trimmed: tasks that have ended would stay open in it.
  if (follows) await removeDatabase(file);
  const { snapshot } = await readSnapshot(bus);
  const useful = snapshot?.stream === created && snapshot.version === VERSION;
  if (!useful || snapshot.seq > state.last_seq) return false;
  const fresh = `${file}.restored`;
  if (!(await download(bus, snapshot, fresh))) return false;
  await removeDatabase(file);
  await rename(fresh, file);
  return true;
}

function positionOf(file: string): Pick<Snapshot, 'stream' | 'seq' | 'version'> | undefined {
  if (!existsSync(file)) return undefined;
  const db = openForReading(file);
  try {
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
    if (version !== VERSION) return { version, stream: '', seq: 0 };
    const meta = db.prepare('SELECT value FROM meta WHERE key = ?');
    const value = (key: string) => String(meta.get(key)?.['value'] ?? '');
    return { version, stream: value('stream'), seq: Number(value('seq')) };
  } finally {
    db.close();
  }
}

/** False when a part is missing or the whole is not what was stored. */
async function download(bus: Bus, snapshot: Snapshot, file: string): Promise<boolean> {
  const hash = createHash('sha256');
  const measure = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    const parts = Readable.from(partsOf(bus, snapshot), { objectMode: false });
    await pipeline(parts, measure, createZstdDecompress(), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    if (error instanceof MissingPartError) return false;
    throw error;
  }
  if (hash.digest('hex') === snapshot.sha256) return true;
  await rm(file, { force: true });
  return false;
}

class MissingPartError extends Error {
  override readonly name = 'MissingPartError';
}

async function* partsOf(bus: Bus, { name, parts }: Snapshot): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < parts; from += AHEAD) {
    const some = Array.from({ length: Math.min(AHEAD, parts - from) }, (_, index) =>
      directLast(bus, 'BLOBS', partOf(name, from + index)),
    );
    for (const part of await Promise.all(some)) {
      if (!part) throw new MissingPartError(`a part of snapshot ${name} is gone`);
      yield part.data;
    }
  }
}

const removeDatabase = (file: string): Promise<unknown> =>
  Promise.all(['', '-wal', '-shm'].map((end) => rm(`${file}${end}`, { force: true })));
