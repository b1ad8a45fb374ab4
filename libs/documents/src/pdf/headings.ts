import type { Line } from './page-lines.ts';

/** An entry of the bookmarks of a PDF. */
export interface OutlineEntry {
  readonly title: string;
  /** From 1. */
  readonly level: number;
  /** From 0. */
  readonly page: number;
}

/** Says whether a line is a heading, and of which level; undefined if it is none. */
export type HeadingLevel = (page: number, line: Pick<Line, 'text' | 'size'>) => number | undefined;

/** Larger than the body by this much: found on manuals of several makers. */
const LARGER = 1.12;
const MAX_HEADING_CHARS = 200;

/**
 * Headings are the lines that the outline names on their page, and the lines in a larger font than
 * the body. Their level is that of the outline, or of the size: a size has the level that the
 * outline gives most of its lines, and sizes without one are ranked between those that have.
 */
export function headingLevels(
  pages: readonly (readonly Line[])[],
  outline: readonly OutlineEntry[],
): HeadingLevel {
  const body = bodySize(pages);
  const entries = new Map(
    outline.map(({ page, title, level }) => [`${page} ${bare(title)}`, level]),
  );
  const named = (page: number, text: string) =>
    entries.get(`${page} ${bare(text)}`) ?? entries.get(`${page} ${bare(withoutNumber(text))}`);

  const votes = new Map<number, number[]>();
  for (const [page, lines] of pages.entries())
    for (const { text, size } of lines) {
      if (size <= body * LARGER || !isName(text)) continue;
      const levels = votes.get(rounded(size)) ?? [];
      const level = named(page, text);
      votes.set(rounded(size), level === undefined ? levels : [...levels, level]);
    }
  const bySize = levelsBySize(votes);
  const wrapped = wrappedNames(pages, new Set(outline.map(({ page }) => page)), named);
  return (page, line) => {
    const { text, size } = line;
    const level = wrapped.get(line);
    if (level !== undefined) return level;
    if (!isName(text)) return undefined;
    return named(page, text) ?? (size > body * LARGER ? bySize.get(rounded(size)) : undefined);
  };
}

/** Lines that only together are what the outline names: headings of two or three lines. */
function wrappedNames(
  pages: readonly (readonly Line[])[],
  pagesWithNames: ReadonlySet<number>,
  named: (page: number, text: string) => number | undefined,
): ReadonlyMap<object, number> {
  const levels = new Map<object, number>();
  for (const page of pagesWithNames)
    for (const at of pages[page]?.keys() ?? [])
      for (const count of [2, 3]) {
        const together = pages[page]?.slice(at, at + count) ?? [];
        const text = together.map((line) => line.text).join(' ');
        if (together.length < count || text.length > MAX_HEADING_CHARS) continue;
        const level = named(page, text);
        if (level !== undefined) for (const line of together) levels.set(line, level);
      }
  return levels;
}

/** The size in which most characters are set. */
export function bodySize(pages: readonly (readonly Line[])[]): number {
  const chars = new Map<number, number>();
  for (const { size, text } of pages.flat())
    chars.set(rounded(size), (chars.get(rounded(size)) ?? 0) + text.length);
  const [most] = [...chars].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 0;
}

function levelsBySize(votes: ReadonlyMap<number, readonly number[]>): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  let above = 0;
  for (const [size, given] of [...votes].sort(([a], [b]) => b - a)) {
    const level = Math.min(mostFrequent(given) ?? above + 1, 6);
    levels.set(size, level);
    above = level;
  }
  return levels;
}

function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function isName(text: string): boolean {
  return text.length <= MAX_HEADING_CHARS && /\p{L}/u.test(text) && !/[,(=;]$/.test(text);
}

function withoutNumber(text: string): string {
  return text.replace(
    /^(?:(?:chapter|appendix|section|part)\s+)?(?:[\dA-Z](?:\.?\d+)*\.?|[IVXLC]+\.?)\s+/i,
    '',
  );
}

/** Fonts, spaces and dashes differ between the outline and the page. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

function rounded(size: number): number {
  return Math.round(size * 2) / 2;
}
