import type { Line } from './page-lines.ts';

/** Joins two lines of a paragraph; a word that was divided at the end of a line becomes whole. */
export type JoinLines = (text: string, next: string) => string;

/**
 * `cur-` and `rent` become `current`, but `command-` and `line` become `command-line` if the
 * document writes it so in the middle of a line. An address that is divided at a sign is joined too.
 */
export function joinLinesOf(pages: readonly (readonly Line[])[]): JoinLines {
  const compounds = new Set<string>();
  for (const { text } of pages.flat())
    for (const [word] of text.matchAll(/\p{L}+-\p{L}+/gu)) compounds.add(word.toLowerCase());
  return (text, next) => {
    if (/(?:https?:\/\/|www\.)\S*[/.?&=_-]$/.test(text)) return text + next;
    const divided = /(\p{L}+)-$/u.exec(text);
    const rest = /^\p{Ll}+/u.exec(next)?.[0];
    if (!divided || rest === undefined) return `${text} ${next}`;
    const compound = `${divided[1]}-${rest}`.toLowerCase();
    return compounds.has(compound) ? text + next : text.slice(0, -1) + next;
  };
}
