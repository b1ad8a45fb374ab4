/**
 * Stems that take off number, gender and case, and leave derivations alone, in the manner of Savoy
 * ("Light stemming approaches for the French, Portuguese, German and Hungarian languages", SAC 2006),
 * whose rules Lucene has. Words come in lower case without accents.
 */
export const lightStems = {
  de: (word: string): string => {
    const first = drop(word, [
      /(?<=.{3})ern$/,
      /(?<=.{3})e[mnrs]$/,
      /(?<=.{3})e$/,
      /(?<=.{2}[bdfghklmnt])s$/,
    ]);
    return drop(first, [/(?<=.{3})est$/, /(?<=.{3})e[rn]$/, /(?<=.{2}[bdfghklmnt])st$/]);
  },
  fr: (word: string): string => {
    const singular = word.length > 3 ? word.replace(/(?<=a)ux$/, 'l').replace(/[sx]$/, '') : word;
    if (singular.length < 5) return singular;
    return singular
      .replace(/r$/, '')
      .replace(/e{1,2}$/, '')
      .replace(/(.)\1$/, '$1');
  },
  es: (word: string): string => {
    const singular =
      word.length > 3
        ? word
            .replace(/(?<=es)es$/, '')
            .replace(/ces$/, 'z')
            .replace(/(?<=[aeo])s$/, '')
        : word;
    return singular.length > 3 ? singular.replace(/[aeo]$/, '') : singular;
  },
  it: (word: string): string =>
    word.length < 5 ? word : word.replace(/(?:[ih][ei]|i[ao]|[aeio])$/, ''),
  pt: (word: string): string => {
    if (word.length < 4) return word;
    const singular = word
      .replace(/(?<=[rslz])es$/, '')
      .replace(/[oa]es$/, 'ao')
      .replace(/ns$/, 'm')
      .replace(/(?<=..[aeo])is$/, 'l')
      .replace(/(?<=..)is$/, 'il')
      .replace(/(?<=...)s$/, '');
    return singular.length > 4 ? singular.replace(/[aeo]$/, '') : singular;
  },
  nl: (word: string): string => {
    if (word.length < 4) return word;
    const bare = word
      .replace(/heden$/, 'heid')
      .replace(/(?<=...)en$/, '')
      .replace(/(?<=...)e$/, '')
      .replace(/(?<=..[^aeious])s$/, '');
    // `apparaat` and `apparaten`, `knop` and `knoppen` differ in the length of one letter.
    return bare.replace(/([aeou])\1/g, '$1').replace(/([bdfgklmnprst])\1$/, '$1');
  },
} as const;

/** Without the first of the endings that it has. */
function drop(word: string, endings: readonly RegExp[]): string {
  const ending = endings.find((one) => one.test(word));
  return ending ? word.replace(ending, '') : word;
}
