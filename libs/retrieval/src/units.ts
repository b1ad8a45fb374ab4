import { splitSentences } from './sentences.ts';

/** The smallest thing that can be cited: a sentence, a list item's sentence, a table row, a code block. */
export interface Unit {
  readonly kind: 'sentence' | 'row' | 'code';
  /** Where it stands in the Markdown: `markdown.slice(start, end)` is `text`. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Units of one paragraph, list item or table row share it. */
  readonly block: number;
  /** What stands before it on the page: `- `, `2. `, or nothing. */
  readonly marker: string;
  /**
   * Words it is read with: the cells of the table's header, the term of a definition, the line with
   * a colon above a list.
   */
  readonly lead: readonly string[];
  /** The term that a definition explains. It is in `lead` too. */
  readonly term?: string;
}

interface Line {
  readonly start: number;
  readonly text: string;
}

const FENCE = /^\s*(?:```|~~~)/;
const ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/;
const DELIMITER = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/;
const TERM = /^\*\*([^*]+)\*\*\s*$/;

/** The units of a Markdown text in reading order. Headings are not units, they lead what follows. */
export function unitsOf(markdown: string): Unit[] {
  const lines = linesOf(markdown);
  const units: Unit[] = [];
  let block = 0;
  let heading: string[] = [];
  /** The last line of a paragraph, if it announces something. */
  let announcement: string[] = [];

  const addText = (start: number, end: number, extra: Pick<Unit, 'marker' | 'lead' | 'term'>) => {
    block += 1;
    for (const part of splitSentences(markdown, start, end))
      units.push({ kind: 'sentence', ...part, block, ...extra });
  };

  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as Line;
    const from = at;
    if (line.text.trim() === '') {
      at += 1;
    } else if (FENCE.test(line.text)) {
      at += 1;
      while (at < lines.length && !FENCE.test(lines[at]?.text ?? '')) at += 1;
      at += 1;
      const end = endOf(lines[Math.min(at, lines.length) - 1] as Line);
      const text = markdown.slice(line.start, end);
      block += 1;
      units.push({ kind: 'code', start: line.start, end, text, block, marker: '', lead: heading });
    } else if (line.text.startsWith('|')) {
      while (lines[at]?.text.startsWith('|')) at += 1;
      const rows = lines.slice(from, at);
      const headed = DELIMITER.test(rows[1]?.text ?? '');
      const header = headed ? cellsOf(rows[0]?.text ?? '') : [];
      for (const row of rows.slice(headed ? 2 : 0)) {
        block += 1;
        const place = { start: row.start, end: endOf(row), text: row.text };
        units.push({ kind: 'row', ...place, block, marker: '', lead: header });
      }
    } else if (/^#{1,6}\s/.test(line.text)) {
      heading = [line.text.replace(/^#+\s+/, '')];
      announcement = [];
      at += 1;
    } else {
      at += 1;
      const marker = ITEM.exec(line.text)?.[0] ?? '';
      const term = TERM.exec(line.text)?.[1];
      if (term !== undefined && lines[at]?.text.startsWith(': ')) {
        at += 1;
        while (isContinued(lines[at])) at += 1;
        const definition = lines[from + 1] as Line;
        addText(definition.start + 2, endOf(lines[at - 1] as Line), {
          marker: '',
          lead: [...heading, term],
          term,
        });
        continue;
      }
      while (isContinued(lines[at])) at += 1;
      const end = endOf(lines[at - 1] as Line);
      if (marker === '') announcement = [];
      const skip = marker.length || (/^(?:>\s?|:\s)+/.exec(line.text)?.[0].length ?? 0);
      addText(line.start + skip, end, {
        marker: marker.trimStart(),
        lead: [...heading, ...announcement],
      });
      if (marker === '' && markdown.slice(line.start, end).trimEnd().endsWith(':'))
        announcement = [units.at(-1)?.text ?? ''];
    }
  }
  return units;
}

/** The cells of a table row without Markdown's bars. */
export function cellsOf(row: string): string[] {
  return row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** Whether a line belongs to the paragraph or list item above it. */
const isContinued = (line: Line | undefined): boolean =>
  line !== undefined &&
  line.text.trim() !== '' &&
  !ITEM.test(line.text) &&
  !FENCE.test(line.text) &&
  !/^(?:\||#{1,6}\s|: )/.test(line.text) &&
  !TERM.test(line.text);

function linesOf(markdown: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const text of markdown.split('\n')) {
    lines.push({ start, text });
    start += text.length + 1;
  }
  return lines;
}

const endOf = ({ start, text }: Line): number => start + text.length;
