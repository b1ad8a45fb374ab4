import { headingLevels, type OutlineEntry } from './headings.ts';
import { joinLinesOf } from './join-words.ts';
import type { PdfPage } from './messages.ts';
import type { Line } from './page-lines.ts';
import { pageMarkdown } from './page-markdown.ts';
import { dropRunningLines, type PageLines } from './running-lines.ts';

/** What is seen only when all pages are there: the body's font, headers, levels, divided words. */
export function documentMarkdown(
  source: readonly PageLines[],
  outline: readonly OutlineEntry[],
): { pages: PdfPage[]; pagesWithoutText: number } {
  const pages = dropRunningLines(source);
  const layout = {
    levelOf: headingLevels(pages, outline),
    joinLines: joinLinesOf(pages),
    leading: usualLeading(pages),
  };
  return {
    pages: pages.map((lines, at) => ({
      number: at + 1,
      markdown: pageMarkdown(at, lines, layout),
    })),
    pagesWithoutText: pages.filter((lines) => lettersIn(lines) < MIN_PAGE_LETTERS).length,
  };
}

/** With fewer letters and digits a page has no text: a stray page number, a mark of the scanner. */
const MIN_PAGE_LETTERS = 5;

function lettersIn(lines: readonly Line[]): number {
  return lines.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0), 0);
}

/** The most frequent distance between two lines, in sizes of the font: 1.2 in most documents. */
function usualLeading(pages: readonly (readonly Line[])[]): number {
  const counts = new Map<number, number>();
  for (const lines of pages)
    for (const [at, line] of lines.entries()) {
      const before = lines[at - 1];
      const leading = before ? Math.round(((line.y - before.y) / line.size) * 20) / 20 : 0;
      if (leading >= 0.9 && leading <= 2.2 && before?.size === line.size)
        counts.set(leading, (counts.get(leading) ?? 0) + line.text.length);
    }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 1.2;
}
