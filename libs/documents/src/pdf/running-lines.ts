import type { Line } from './page-lines.ts';

export interface PageLines {
  readonly lines: readonly Line[];
  /** Height of the page in points. */
  readonly height: number;
}

/** The part of a page, at its top and at its bottom, where headers and footers stand. */
const MARGIN = 0.12;
const NEAR_PAGES = 3;

/**
 * Takes out headers, footers and page numbers. A line in a margin goes if it is a page number, if
 * the same line (but for its numbers) stands at the same height on at least three pages, or if it
 * has a number at an end and stands where most pages have such a line. So running headers with the
 * name of the chapter go too, also in chapters of one page.
 */
export function dropRunningLines(pages: readonly PageLines[]): Line[][] {
  const places = new Map<string, number[]>();
  const heights = new Map<number, number>();
  for (const [at, page] of pages.entries())
    for (const line of inMargins(page)) {
      const place = `${masked(line.text)}@${Math.round(line.y / 4)}`;
      places.set(place, [...(places.get(place) ?? []), at]);
      const height = Math.round(line.y / 2);
      if (hasNumber(line.text)) heights.set(height, (heights.get(height) ?? 0) + 1);
    }
  return pages.map((page, at) => {
    const margin = new Set(inMargins(page));
    return page.lines.filter((line) => {
      if (!margin.has(line)) return true;
      if (/^(?:page )?\W*#\W*(?:(?:of|\/) #)?$/.test(masked(line.text))) return false;
      const others = places.get(`${masked(line.text)}@${Math.round(line.y / 4)}`) ?? [];
      if (others.filter((other) => Math.abs(other - at) <= NEAR_PAGES * 2).length >= 3)
        return false;
      const sharing = heights.get(Math.round(line.y / 2)) ?? 0;
      return !(hasNumber(line.text) && pages.length >= 5 && sharing >= pages.length * 0.4);
    });
  });
}

/** At most two lines at each end: a footer of more is a footnote. */
function inMargins({ lines, height }: PageLines): Line[] {
  const sorted = lines.toSorted((a, b) => a.y - b.y);
  return [
    ...sorted.slice(0, 2).filter(({ y }) => y < height * MARGIN),
    ...sorted.slice(-2).filter(({ y }) => y > height * (1 - MARGIN)),
  ];
}

function masked(text: string): string {
  return text
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/\d+/g, '#')
    .replace(/^[ivxlc]+$/, '#')
    .trim();
}

function hasNumber(text: string): boolean {
  return /^(?:\d+|[ivxlc]+)\s|\s(?:\d+|[ivxlc]+)$/.test(text);
}
