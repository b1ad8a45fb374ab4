import type { Language } from './languages/language.ts';
import { lightStems } from './languages/light-stems.ts';
import { porterStem } from './languages/porter-stem.ts';
import { splitWords } from './languages/split-words.ts';
import { stopWords } from './languages/stop-words.ts';

/**
 * What a text is about, in reading order with repetitions: words and numbers in lower case without
 * accents, stop words dropped, the rest stemmed, a number parted from its unit. `Charging the XR-200
 * at 48V` -> `charg`, `xr`, `200`, `48`, `v`.
 */
export function terms(text: string, language: Language = 'en'): string[] {
  const found: string[] = [];
  const ignored = stopWords[language];
  for (const word of splitWords(text)) {
    if (ignored.has(word)) continue;
    const unit = UNIT.exec(word);
    if (unit) found.push(unit[1] ?? '', unit[2] ?? '');
    else found.push(stemOf(word, language));
  }
  return found;
}

/** `48v`, `300ms`: in one text with a space, in the other without. */
const UNIT = /^(\p{N}+)(\p{L}{1,4})$/u;

const stems: Readonly<Record<Language, (word: string) => string>> = {
  en: porterStem,
  ...lightStems,
};

/** Stems met before: the words of a product are few, and stemming is most of the work. */
const known = new Map<Language, Map<string, string>>();
const MAX_KNOWN = 50_000;

function stemOf(word: string, language: Language): string {
  const cache = known.get(language) ?? new Map<string, string>();
  let found = cache.get(word);
  if (found === undefined) {
    found = stems[language](word);
    if (cache.size >= MAX_KNOWN) cache.clear();
    cache.set(word, found);
    known.set(language, cache);
  }
  return found;
}
