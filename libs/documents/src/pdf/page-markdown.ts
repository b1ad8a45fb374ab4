import type { HeadingLevel } from './headings.ts';
import type { JoinLines } from './join-words.ts';
import type { Line } from './page-lines.ts';

export interface Layout {
  readonly levelOf: HeadingLevel;
  readonly joinLines: JoinLines;
  /** Usual distance of two lines of a paragraph, in sizes of the font. */
  readonly leading: number;
}

interface Block {
  readonly kind: 'heading' | 'text' | 'item' | 'rows' | 'code';
  readonly lines: Line[];
  readonly level?: number;
}

const BULLET = /^(?:[•◦▪▫●○■□‣⁃∙·*–—-]|\u{F0B7})\s*(?=\S)/u;
const NUMBERED = /^(?:\(?(?:\d{1,2}|[a-z])[.)])\s+(?=\S)/;
/** A line of a table of contents: dots that lead to a page number. */
const LEADERS = /(?:\s*\.){4,}\s*(?:\d+|[ivxlc]+)?$/;

/** The lines of one page as Markdown: headings, paragraphs, items, lines of tables, code. */
export function pageMarkdown(page: number, lines: readonly Line[], layout: Layout): string {
  const blocks: Block[] = [];
  for (const [at, line] of lines.entries()) {
    if (LEADERS.test(line.text)) continue;
    const last = blocks.at(-1);
    const level = layout.levelOf(page, line);
    const kind = kindOf(line, level, lines[at - 1], lines[at + 1]);
    if (last && continues(last, line, kind, level, layout.leading)) last.lines.push(line);
    else blocks.push({ kind, lines: [line], ...(level !== undefined && { level }) });
  }
  return blocks.map((block) => blockMarkdown(block, layout.joinLines)).join('\n\n');
}

function kindOf(
  line: Line,
  level: number | undefined,
  before: Line | undefined,
  after: Line | undefined,
): Block['kind'] {
  if (level !== undefined) return 'heading';
  if (line.monospace && isCode(line, before, after)) return 'code';
  if (BULLET.test(line.text) || NUMBERED.test(line.text)) return 'item';
  return hasColumns(line) && (hasColumns(before) || hasColumns(after)) ? 'rows' : 'text';
}

/** A line in a monospaced font alone, with the text around it as far left, is a long name. */
function isCode(line: Line, before: Line | undefined, after: Line | undefined): boolean {
  if (before?.monospace || after?.monospace) return true;
  const left = Math.min(before?.x ?? line.x, after?.x ?? line.x);
  return line.x > left + line.size * 0.5 || /:$/.test(before?.text ?? '');
}

function hasColumns(line: Line | undefined): boolean {
  return line !== undefined && /\S {2,}\S/.test(line.text);
}

function continues(
  block: Block,
  line: Line,
  kind: Block['kind'],
  level: number | undefined,
  leading: number,
): boolean {
  const last = block.lines.at(-1);
  if (last === undefined) return false;
  const distance = (line.y - last.y) / line.size;
  const close = distance >= 0 && distance < leading * 1.25;
  switch (block.kind) {
    case 'heading':
      return (
        level === block.level &&
        block.lines.length < 3 &&
        distance >= 0 &&
        distance < leading * 1.6 &&
        Math.abs(line.size - last.size) < 0.3
      );
    case 'code':
      return kind === 'code' && distance >= 0 && distance < leading * 3.5;
    case 'rows':
      return kind === 'rows' && distance >= 0 && distance < leading * 2;
    case 'item':
    case 'text':
      if (kind !== 'text' || Math.abs(line.size - last.size) > line.size * 0.15) return false;
      return close ? !startsParagraph(block, last, line) : goesOnElsewhere(last, line, distance);
  }
}

/** Books indent the first line instead of leaving a space above it. */
function startsParagraph(block: Block, last: Line, line: Line): boolean {
  const indented = line.x > last.x + line.size * 0.8;
  return block.kind === 'text' && indented && /[.!?:;]["”’)]*$/.test(last.text);
}

/** The paragraph goes on at the top of the next column. */
function goesOnElsewhere(last: Line, line: Line, distance: number): boolean {
  return (
    distance < 0 &&
    line.x > last.right &&
    /[\p{L},-]$/u.test(last.text) &&
    /^\p{Ll}/u.test(line.text)
  );
}

function blockMarkdown({ kind, lines, level = 1 }: Block, joinLines: JoinLines): string {
  const texts = lines.map(({ text }) => text.trim());
  const flowing = () => texts.reduce(joinLines).replace(/\s+/g, ' ');
  switch (kind) {
    case 'heading':
      return `${'#'.repeat(level)} ${flowing()}`;
    case 'item':
      return flowing().replace(BULLET, '- ');
    case 'rows':
      return tableMarkdown(texts);
    case 'code':
      return codeMarkdown(lines);
    case 'text':
      return flowing().replace(/^(?=#{1,6}\s|`{3})/, '\\');
  }
}

/** Rows with the same number of cells are a table, its first row the header; others stay lines. */
function tableMarkdown(rows: readonly string[]): string {
  const cells = rows.map((row) => row.split(/ {2,}/).map((cell) => cell.replaceAll('|', '\\|')));
  const width = cells[0]?.length ?? 0;
  if (rows.length < 3 || cells.some((row) => row.length !== width)) return rows.join('\n');
  const lines = cells.map((row) => `| ${row.join(' | ')} |`);
  return [lines[0], `|${' --- |'.repeat(width)}`, ...lines.slice(1)].join('\n');
}

/** The indentation is read from the place of the lines, blank lines from their distance. */
function codeMarkdown(lines: readonly Line[]): string {
  const left = Math.min(...lines.map(({ x }) => x));
  const code = lines.map(({ text, x, y, size, right }, at) => {
    const charWidth = text.length > 0 ? (right - x) / text.length : size * 0.5;
    const indent = ' '.repeat(Math.min(40, Math.round((x - left) / Math.max(charWidth, 1))));
    const before = lines[at - 1];
    const gap = before !== undefined && y - before.y > size * 1.9 ? '\n' : '';
    return `${gap}${indent}${text}`;
  });
  return `\`\`\`\n${code.join('\n')}\n\`\`\``;
}
