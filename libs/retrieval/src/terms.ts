import { stem } from './stem.ts';
import { stopWords } from './stop-words.ts';

/**
 * What a text is about, in reading order with repetitions: words and numbers in lower case without
 * accents, stop words dropped, the rest stemmed. `Charging the XR-200` -> `charg`, `xr`, `200`.
 */
export function terms(text: string): string[] {
  const found: string[] = [];
  for (const word of words(text)) {
    if (!stopWords.has(word)) found.push(stemOf(word));
  }
  return found;
}

/** Words and numbers in lower case, without accents; nothing is dropped. */
export const words = (text: string): string[] => fold(text).match(/[\p{L}\p{N}]+/gu) ?? [];

function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\0-\x7f]*$/.test(lower)) return lower;
  return lower.normalize('NFKD').replace(/\p{M}+/gu, '');
}

/** Stems met before: the words of a product are few, and stemming is most of the work. */
const known = new Map<string, string>();
const MAX_KNOWN = 50_000;

function stemOf(word: string): string {
  let found = known.get(word);
  if (found === undefined) {
    found = stem(word);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(word, found);
  }
  return found;
}
