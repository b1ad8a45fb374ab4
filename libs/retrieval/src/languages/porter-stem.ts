/**
 * The stem of a lower-case English word, by Porter's algorithm ("An algorithm for suffix
 * stripping", Program 14(3), 1980): `batteries` and `battery` both give `batteri`. Words with
 * characters other than a to z come back as they are.
 */
export function porterStem(word: string): string {
  if (word.length < 3 || /[^a-z]/.test(word)) return word;
  let w = step1(word);
  w = replaceSuffix(w, SUFFIXES_2, 0);
  w = replaceSuffix(w, SUFFIXES_3, 0);
  w = dropSuffix(w);
  if (w.endsWith('e')) {
    const rest = w.slice(0, -1);
    const m = measure(rest);
    if (m > 1 || (m === 1 && !endsShort(rest))) w = rest;
  }
  return w.endsWith('ll') && measure(w) > 1 ? w.slice(0, -1) : w;
}

const SUFFIXES_2: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['ization', 'ize'],
  ['iveness', 'ive'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['entli', 'ent'],
  ['ousli', 'ous'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['iviti', 'ive'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['izer', 'ize'],
  ['abli', 'able'],
  ['alli', 'al'],
  ['ator', 'ate'],
  ['eli', 'e'],
];

const SUFFIXES_3: readonly (readonly [string, string])[] = [
  ['icate', 'ic'],
  ['ative', ''],
  ['alize', 'al'],
  ['iciti', 'ic'],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];

const SUFFIXES_4 =
  'ement ance ence able ible ment ant ent ion ism ate iti ous ive ize al er ic ou'.split(' ');

/** Plurals, -ed, -ing, and y at the end. */
function step1(word: string): string {
  let w = word;
  if (w.endsWith('sses') || w.endsWith('ies')) w = w.slice(0, -2);
  else if (w.endsWith('s') && !w.endsWith('ss')) w = w.slice(0, -1);

  if (w.endsWith('eed')) {
    if (measure(w.slice(0, -3)) > 0) w = w.slice(0, -1);
  } else {
    const rest = w.endsWith('ed') ? w.slice(0, -2) : w.endsWith('ing') ? w.slice(0, -3) : w;
    if (rest !== w && hasVowel(rest)) w = restoreEnd(rest);
  }
  return w.endsWith('y') && hasVowel(w.slice(0, -1)) ? `${w.slice(0, -1)}i` : w;
}

/** `hopp` was `hop`, `conflat` was `conflate`, `fil` was `file`. */
function restoreEnd(rest: string): string {
  if (/(?:at|bl|iz)$/.test(rest)) return `${rest}e`;
  if (/([^aeioulsz])\1$/.test(rest)) return rest.slice(0, -1);
  return measure(rest) === 1 && endsShort(rest) ? `${rest}e` : rest;
}

function replaceSuffix(
  word: string,
  suffixes: readonly (readonly [string, string])[],
  above: number,
): string {
  const found = suffixes.find(([suffix]) => word.endsWith(suffix));
  if (!found) return word;
  const rest = word.slice(0, -found[0].length);
  return measure(rest) > above ? rest + found[1] : word;
}

function dropSuffix(word: string): string {
  const suffix = SUFFIXES_4.find((end) => word.endsWith(end));
  if (suffix === undefined) return word;
  const rest = word.slice(0, -suffix.length);
  if (measure(rest) <= 1) return word;
  return suffix === 'ion' && !/[st]$/.test(rest) ? word : rest;
}

/** Vowels and consonants as `v` and `c`; y is a vowel after a consonant. */
function shape(word: string): string {
  let out = '';
  for (const letter of word) {
    const vowel = 'aeiou'.includes(letter) || (letter === 'y' && out.endsWith('c'));
    out += vowel ? 'v' : 'c';
  }
  return out;
}

/** How often a vowel run is followed by a consonant run. */
const measure = (word: string): number => shape(word).match(/v+c+/g)?.length ?? 0;

const hasVowel = (word: string): boolean => shape(word).includes('v');

/** Consonant, vowel, consonant that is not w, x or y. */
const endsShort = (word: string): boolean => shape(word).endsWith('cvc') && !/[wxy]$/.test(word);
