import { createHash } from 'node:crypto';
import { openForReading } from './schema.ts';

/** What is compared: all that questions are answered from, but for the inner tables of the index of words. */
const tables = {
  tasks: 'n',
  hooked: 'seq, id, run',
  kinds: 'code',
  terms: 'term, lane, n',
  minutes: 'minute, kind, category',
  words: 'word',
} as const;

/** One hash over the rows of a projection's file: two that know the same have the same. */
export function projectionHash(file: string): string {
  const db = openForReading(file);
  try {
    const hash = createHash('sha256');
    for (const [table, order] of Object.entries(tables)) {
      for (const row of db.prepare(`SELECT * FROM ${table} ORDER BY ${order}`).iterate()) {
        hash.update(`${table} ${JSON.stringify(row)}\n`);
      }
    }
    return hash.digest('hex');
  } finally {
    db.close();
  }
}
