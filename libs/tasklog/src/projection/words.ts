import type { DatabaseSync } from 'node:sqlite';

/** Longer words are cut: nobody types them whole. */
const MAX_WORD = 40;
/** Words that a beginning may stand for; with more, the full text goes through all of them. */
const MAX_EXPANSIONS = 500;
/** Shorter beginnings are words of their own: nearly every task would match. */
const MIN_PREFIX = 3;
const MAX_KNOWN = 50_000;

/** The words of a text as they are stored and looked for: lower case, without accents. */
export const tokens = (text: string): string[] =>
  (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => word.slice(0, MAX_WORD));

/**
 * Remembers which words there are. A beginning that few words share, however many tasks have them,
 * is answered word by word, newest first; the full text alone would read all of them.
 */
export function createVocabulary(db: DatabaseSync) {
  const insert = db.prepare('INSERT OR IGNORE INTO words (word) VALUES (?)');
  const known = new Set<string>();
  return {
    add(words: readonly string[]): void {
      for (const word of words) {
        if (known.has(word)) continue;
        if (known.size >= MAX_KNOWN) known.clear();
        known.add(word);
        insert.run(word);
      }
    },
    forget: () => known.clear(),
  };
}

/** What the full text is asked for a word of a question. */
export function matchOf(db: DatabaseSync, word: string): string {
  if (word.length < MIN_PREFIX) return `"${word}"`;
  const found = db
    .prepare('SELECT word FROM words WHERE word >= ? AND word < ? LIMIT ?')
    .all(word, `${word}\u{10ffff}`, MAX_EXPANSIONS + 1);
  if (found.length === 0) return `"${word}"`;
  if (found.length > MAX_EXPANSIONS) return `"${word}"*`;
  return `(${found.map((one) => `"${one['word']}"`).join(' OR ')})`;
}
