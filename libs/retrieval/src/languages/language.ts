import { splitWords } from './split-words.ts';
import { stopWords } from './stop-words.ts';

/** Languages with stop words and stems of their own, by ISO 639-1. A text of another is matched word by word, as English is stemmed. */
export const languages = ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl'] as const;

export type Language = (typeof languages)[number];

/** Words of a text that are looked at: enough to be sure, few enough to cost nothing. */
const MOST_WORDS = 2_000;

/**
 * The language whose small words a text has most of; undefined if there are none, or if two have as
 * many.
 *
 * @param among which languages come into question
 */
export function detectLanguage(
  text: string,
  among: readonly Language[] = languages,
): Language | undefined {
  const found = splitWords(text).slice(0, MOST_WORDS);
  const counts = among
    .map((language) => ({
      language,
      count: found.filter((word) => stopWords[language].has(word)).length,
    }))
    .sort((one, other) => other.count - one.count);
  const [best, second] = counts;
  if (!best || best.count === 0 || best.count === second?.count) return undefined;
  return best.language;
}
