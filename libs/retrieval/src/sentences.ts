/** A piece of a text and where it stands: `whole.slice(start, end)` is `text`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A full stop behind these ends nothing. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|approx|vs|fig|no|nos|dr|mr|mrs|inc|ltd|min|max|incl|ca|cf)\.$/i;

/** `J.` of a name, but not the unit of `48 V.` */
const INITIAL = /(?:^|[^\d\s] )[A-Z]\.$/;

/** An end mark, what closes with it, white space; then something that can begin a sentence. */
const BOUNDARY =
  /[.!?:]["'”’)\]*_`]*(?:\s*\[\d+(?:\s*,\s*\d+)*\])*\s+(?!\[\d)(?=["'“‘([*_`]*[\p{Lu}\p{N}])|\s[.!?]\s+|[。！？]/gu;

/**
 * The sentences between two positions of a text, without the white space around them. A colon ends
 * one only in front of a capital or a number. Citation marks (`[2]`) behind the full stop belong to
 * the sentence before them.
 */
export function splitSentences(whole: string, from = 0, to = whole.length): Span[] {
  const text = whole.slice(from, to);
  const spans: Span[] = [];
  let start = 0;
  const add = (end: number) => {
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed !== '') {
      const at = from + start + raw.indexOf(trimmed);
      spans.push({ start: at, end: at + trimmed.length, text: trimmed });
    }
    start = end;
  };
  for (const match of text.matchAll(BOUNDARY)) {
    const end = match.index + match[0].length;
    const before = text.slice(start, match.index + 1);
    if (ABBREVIATION.test(before) || INITIAL.test(before)) continue;
    add(end);
  }
  add(text.length);
  return spans;
}
