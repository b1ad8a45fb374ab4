import type { DatabaseSync } from 'node:sqlite';
import { emptyHistogram, type Histogram, noteIn, readHistogram } from './histogram.ts';
import type { EndedRow } from './task-row.ts';

/** What ended in one minute, of one kind. */
export interface Minute {
  readonly minute: number;
  readonly kind: string;
  readonly category: string;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** Time from queued to started, ms. */
  readonly wait: Histogram;
  /** Time from started to ended, ms. */
  readonly run: Histogram;
}

export const MINUTE_MS = 60_000;
/** Minutes held in memory; a late end reads its minute back. */
const MAX_HELD = 64;

/** Counts ends by the minute in which they happened. */
export function createMinutes(db: DatabaseSync) {
  const held = new Map<string, Minute>();
  const touched = new Set<Minute>();
  let last: Minute | undefined;
  const select = db.prepare('SELECT * FROM minutes WHERE minute = ? AND kind = ? AND category = ?');
  const upsert = db.prepare(
    `INSERT OR REPLACE INTO minutes (minute, kind, category, succeeded, failed, cancelled, wait, run)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );

  function minuteOf({ kind, category, finishedAt }: EndedRow): Minute {
    const minute = Math.floor((finishedAt ?? 0) / MINUTE_MS);
    if (last?.minute === minute && last.kind === kind && last.category === category) return last;
    const key = `${minute} ${kind} ${category}`;
    last = held.get(key);
    if (last) return last;
    const stored = select.get(minute, kind, category);
    const fresh = { minute, kind, category, succeeded: 0, failed: 0, cancelled: 0 };
    const entry = stored
      ? readMinute(stored)
      : { ...fresh, wait: emptyHistogram(), run: emptyHistogram() };
    held.set(key, entry);
    last = entry;
    return entry;
  }

  return {
    /** Notes a row that has just ended. */
    note(row: EndedRow): void {
      const entry = minuteOf(row);
      touched.add(entry);
      if (row.state === 'succeeded') entry.succeeded += 1;
      if (row.state === 'failed') entry.failed += 1;
      if (row.state === 'cancelled') entry.cancelled += 1;
      if (row.startedAt === null || row.finishedAt === null) return;
      noteIn(entry.wait, row.startedAt - row.queuedAt);
      noteIn(entry.run, row.finishedAt - row.startedAt);
    },

    save(): void {
      for (const { minute, kind, category, succeeded, failed, cancelled, wait, run } of touched) {
        upsert.run(minute, kind, category, succeeded, failed, cancelled, bytes(wait), bytes(run));
      }
      touched.clear();
      if (held.size <= MAX_HELD) return;
      held.clear();
      last = undefined;
    },

    forget(): void {
      touched.clear();
      held.clear();
      last = undefined;
    },
  };
}

export function readMinute(stored: Readonly<Record<string, unknown>>): Minute {
  return {
    ...(stored as unknown as Minute),
    wait: readHistogram(stored['wait'] as Uint8Array),
    run: readHistogram(stored['run'] as Uint8Array),
  };
}

const bytes = ({ buffer }: Histogram): Uint8Array => new Uint8Array(buffer);
