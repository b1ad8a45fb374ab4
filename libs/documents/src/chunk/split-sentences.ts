/** Shortened words whose dot ends no sentence, and initials. */
const SHORT =
  /(?:^|[\s("'[])(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|no|nos|fig|figs|eq|sec|ch|vol|pp?|mr|mrs|ms|dr|prof|st|jr|sr|inc|ltd|max|min|z\.b|d\.h|bzw|ca|\p{Lu})\.$/iu;

const END = /[.!?…]+["'”’»)\]]*\s+(?=["'“‘«([`*]*[\p{Lu}\p{N}])|[。！？]+["'”’」』）]*/gu;

/** A line of text as sentences, without the blanks between them. */
export function splitSentences(text: string): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const hit of text.matchAll(END)) {
    const end = hit.index + hit[0].length;
    const sentence = text.slice(start, end).trim();
    if (SHORT.test(sentence.slice(-12))) continue;
    sentences.push(sentence);
    start = end;
  }
  const rest = text.slice(start).trim();
  return rest === '' ? sentences : [...sentences, rest];
}

/** A text without usable borders in pieces of at most `max` characters, at blanks where it can be. */
export function splitLong(text: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const blank = rest.lastIndexOf(' ', max);
    let cut = blank > max / 2 ? blank : max;
    // Not between the two halves of one character.
    if (/[\uD800-\uDBFF]/.test(rest[cut - 1] ?? '')) cut -= 1;
    pieces.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trimStart();
  }
  return rest === '' ? pieces : [...pieces, rest];
}
