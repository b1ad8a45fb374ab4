import type { DatabaseSync } from 'node:sqlite';
import { finalStates, type TaskEvent } from '@slipstream/contracts';
import { documentOf, type Searchable, termsOf, wordsOf } from './findable.ts';
import { createFinish } from './finish.ts';
import { createKindCodes, laneOf } from './lanes.ts';
import { createMinutes } from './minutes.ts';
import { type CachedRow, RowCache } from './row-cache.ts';
import { tableNames } from './schema.ts';
import { createTally } from './tally.ts';
import { type EndedRow, mergeEvent, newRow, type TaskRow } from './task-row.ts';
import { createVocabulary, tokens } from './words.ts';

export interface LoggedEvent {
  /** Sequence of the message in EVENTS. */
  readonly seq: number;
  readonly event: TaskEvent;
}

/** Which stream the rows were made from, and up to where. */
export interface Position {
  readonly stream: string;
  readonly seq: number;
}

/** A row, and what the tables hold of it. */
interface Entry extends CachedRow {
  words: string;
  /** 0: not stored yet. */
  n: number;
  lane: number;
  terms: readonly string[];
  document: string;
  /** The run that was last seen to have ended. */
  endedRun: number;
  changed: boolean;
}

const columns = Object.keys(newRow({ id: '', run: 1 } as TaskEvent)) as (keyof TaskRow)[];
/** What is kept in memory, so that the next event of a task need not read it back. */
const CACHE = { rows: 2_000, characters: 4 << 20 };

/** Applies events to the tables; a batch is one transaction and carries its position. */
export function createRowStore(db: DatabaseSync, searchable: Searchable = {}) {
  const kinds = createKindCodes(db);
  const minutes = createMinutes(db);
  const vocabulary = createVocabulary(db);
  const cache = new RowCache<Entry>(CACHE);
  // As arrays: an object of so many columns costs more than finding the row.
  const select = db.prepare(`SELECT n, lane, words, ${columns.join(', ')} FROM tasks WHERE id = ?`);
  select.setReturnArrays(true);
  const names = [...columns, 'words', 'lane'];
  const insert = db.prepare(
    `INSERT INTO tasks (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  );
  const tally = createTally(db);
  const finish = createFinish(db);
  const update = (some: readonly string[]) =>
    db.prepare(`UPDATE tasks SET ${some.map((name) => `${name} = ?`).join(', ')} WHERE n = ?`);
  const updateAll = update(names);
  // An index is touched by every statement that names its columns.
  const updateInLane = update([...columns.filter((name) => name !== 'id'), 'words']);
  const insertTerm = db.prepare('INSERT OR IGNORE INTO terms (term, lane, n) VALUES (?, ?, ?)');
  const deleteTerm = db.prepare('DELETE FROM terms WHERE term = ? AND lane = ? AND n = ?');
  const insertWords = db.prepare('INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)');
  const deleteWords = db.prepare('DELETE FROM search WHERE rowid = ?');
  const noteEnd = db.prepare('INSERT OR IGNORE INTO hooked (seq, id, run) VALUES (?, ?, ?)');
  const setMeta = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  const getMeta = db.prepare('SELECT value FROM meta WHERE key = ?');
  const meta = (key: string) => (getMeta.get(key) as { value: string } | undefined)?.value;

  const values: (string | number | null)[] = new Array(columns.length + 1).fill(null);

  /** No stored id is greater: ids begin with their time, so most new ones need not be looked up. */
  let newest = String(db.prepare('SELECT max(id) AS id FROM tasks').get()?.['id'] ?? '');

  function entryOf(event: TaskEvent): Entry {
    const known = cache.get(event.id) ?? (event.id > newest ? undefined : load(event.id));
    if (known) return known;
    if (event.id > newest) newest = event.id;
    const row = newRow(event);
    return {
      row,
      words: '',
      n: 0,
      lane: -1,
      terms: [],
      document: '',
      endedRun: 0,
      changed: false,
      characters: 0,
    };
  }

  function load(id: string): Entry | undefined {
    const stored = select.get(id) as unknown as [number, number, string, ...unknown[]] | undefined;
    if (!stored) return undefined;
    const [n, lane, words] = stored;
    const row = newRow({ id, run: 1 } as TaskEvent);
    columns.forEach((name, index) => {
      (row as unknown as Record<string, unknown>)[name] = stored[index + 3];
    });
    const terms = termsOf(row);
    const document = documentOf(row, words, kinds.codeOf(row), terms);
    const endedRun = finalStates.has(row.state) ? row.run : 0;
    return { row, words, n, lane, terms, document, endedRun, changed: false, characters: 0 };
  }

  function merge(entry: Entry, event: TaskEvent, seq: number): void {
    const { row } = entry;
    mergeEvent(row, event, seq);
    if (row.webhook && finalStates.has(row.state)) noteEnd.run(seq, row.id, row.run);
    const given = event.type === 'submitted' || event.type === 'replayed';
    if (given && event.run === entry.row.run) entry.words = wordsOf(event.task, searchable);
  }

  /** Whether the task has ended since it was last saved. */
  function save(entry: Entry): boolean {
    const { row } = entry;
    const code = kinds.codeOf(row);
    const lane = laneOf(code, row);
    const terms = termsOf(row);
    const document = documentOf(row, entry.words, code, terms);
    write(entry, lane);
    if ((terms.length > 0 || entry.terms.length > 0) && !sameTerms(entry, lane, terms)) {
      for (const term of entry.terms) deleteTerm.run(term, entry.lane, entry.n);
      for (const term of terms) insertTerm.run(term, lane, entry.n);
    }
    if (document !== entry.document) {
      if (document === '') deleteWords.run(entry.n);
      else {
        const words = tokens(document);
        vocabulary.add(words);
        insertWords.run(entry.n, words.join(' '));
      }
    }
    const ended = finalStates.has(row.state) && entry.endedRun < row.run;
    if (ended) {
      entry.endedRun = row.run;
      minutes.note(row);
    }
    Object.assign(entry, { lane, terms, document, changed: false });
    cache.keep(entry);
    return ended;
  }

  function write(entry: Entry, lane: number): void {
    const { row, words, n } = entry;
    columns.forEach((name, index) => {
      values[index] = row[name];
    });
    values[columns.length] = words;
    if (n === 0) entry.n = Number(insert.run(...values, lane).lastInsertRowid);
    else if (lane === entry.lane) updateInLane.run(...values.slice(1), n);
    else updateAll.run(...values, lane, n);
  }

  return {
    position: (): Position => ({ stream: meta('stream') ?? '', seq: Number(meta('seq') ?? 0) }),

    /** Forgets everything: the log is another one. */
    restart(stream: string): void {
      cache.clear();
      tally.clear();
      minutes.forget();
      vocabulary.forget();
      for (const name of tableNames) if (name !== 'search') db.exec(`DELETE FROM ${name}`);
      db.exec(`INSERT INTO search (search) VALUES ('delete-all')`);
      kinds.forget();
      setMeta.run('stream', stream);
      setMeta.run('seq', '0');
    },

    /** The rows that events were merged into; those without a parent may be missing. */
    apply(events: readonly LoggedEvent[], upToSeq: number): TaskRow[] {
      const changed: Entry[] = [];
      const ended: EndedRow[] = [];
      db.exec('BEGIN');
      try {
        for (const { seq, event } of events) {
          const finished =
            event.type === 'succeeded' && !cache.has(event.id) ? finish(event, seq) : undefined;
          if (finished) {
            minutes.note(finished);
            ended.push(finished);
            continue;
          }
          const entry = entryOf(event);
          if (!entry.changed) {
            entry.changed = true;
            changed.push(entry);
            cache.keep(entry);
          }
          merge(entry, event, seq);
        }
        for (const entry of changed) if (save(entry)) ended.push(entry.row);
        minutes.save();
        tally.note(ended);
        setMeta.run('seq', String(upToSeq));
        db.exec('COMMIT');
      } catch (error) {
        db.exec('ROLLBACK');
        cache.clear();
        kinds.forget();
        minutes.forget();
        vocabulary.forget();
        throw error;
      }
      cache.trim();
      return changed.map(({ row }) => row);
    },

    /** Forgets rows that somebody else removes from the tables. */
    forget(ids: readonly string[]): void {
      for (const id of ids) cache.delete(id);
    },
  };
}

const sameTerms = (entry: Entry, lane: number, terms: readonly string[]): boolean =>
  lane === entry.lane && terms.join('\n') === entry.terms.join('\n');
