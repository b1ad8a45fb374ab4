import { childElements, descendants, type Element } from './dom.ts';

/** A table as a grid of equally long rows, spans expanded. */
export interface Grid {
  /** Empty if the table has no row of headers. */
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MAX_COLUMNS = 100;
const MAX_CELLS = 50_000;
/** A longer text is not repeated in every row and column that its cell spans. */
const MAX_REPEATED_CHARS = 200;

/** Tables that only place things: nested ones, those around headings, those of one cell or column. */
export function isLayout(table: Element): boolean {
  const rows = rowsOf(table);
  const widest = Math.max(0, ...rows.map(({ cells }) => cells.length));
  if (widest <= 1 || table.attribs.role === 'presentation') return true;
  const inside = [...descendants(table)].map(({ name }) => name);
  return (
    inside.some((name) => name === 'table' || /^h[1-6]$/.test(name)) ||
    (rows.length === 1 && inside.includes('pre'))
  );
}

/** All cells of a table in reading order. */
export function cellsOf(table: Element): Element[] {
  return rowsOf(table).flatMap(({ cells }) => cells);
}

export function captionOf(table: Element): Element | undefined {
  return childElements(table).find(({ name }) => name === 'caption');
}

/**
 * Every row can be read alone: a cell that spans rows stands in each of them, and one that spans
 * columns in each column, except when it spans them all (a heading inside the table). Several rows
 * of headers become one.
 */
export function gridOf(table: Element, cellText: (cell: Element) => string): Grid {
  const rows = rowsOf(table);
  const grid = expand(rows, cellText);
  const width = Math.max(0, ...grid.map((row) => row.length));
  const even = grid.map((row) => [...row, ...new Array<string>(width - row.length).fill('')]);
  const headers = headerRows(rows);
  return { header: joinHeaders(even.slice(0, headers)), rows: even.slice(headers) };
}

function expand(rows: readonly Row[], cellText: (cell: Element) => string): string[][] {
  const grid: string[][] = [];
  /** By column: what reaches down from rows above. */
  const held: { rows: number; text: string }[] = [];
  let cellCount = 0;
  for (const { cells } of rows) {
    const row: string[] = [];
    const fillFromAbove = () => {
      for (let above = held[row.length]; above && above.rows > 0; above = held[row.length]) {
        above.rows -= 1;
        row.push(above.text);
      }
    };
    const alone = cells.length === 1 && !held.some((above) => above.rows > 0);
    for (const cell of cells) {
      const text = cellText(cell);
      const again = text.length <= MAX_REPEATED_CHARS ? text : '';
      const wide = alone ? 1 : span(cell, 'colspan', MAX_COLUMNS);
      const reach = Math.min(span(cell, 'rowspan', rows.length), rows.length - grid.length) - 1;
      for (let n = 0; n < wide; n++) {
        fillFromAbove();
        if (row.length >= MAX_COLUMNS) break;
        held[row.length] = { rows: reach, text: again };
        row.push(n === 0 ? text : again);
      }
    }
    fillFromAbove();
    grid.push(row);
    cellCount += row.length;
    if (cellCount > MAX_CELLS) break;
  }
  return grid;
}

interface Row {
  readonly cells: Element[];
  readonly inHead: boolean;
}

function rowsOf(table: Element): Row[] {
  return childElements(table).flatMap((part): Row[] => {
    if (part.name === 'tr') return [{ cells: cellsIn(part), inHead: false }];
    if (!/^t(?:head|body|foot)$/.test(part.name)) return [];
    return childElements(part)
      .filter(({ name }) => name === 'tr')
      .map((row) => ({ cells: cellsIn(row), inHead: part.name === 'thead' }));
  });
}

function cellsIn(row: Element): Element[] {
  return childElements(row).filter(({ name }) => name === 'td' || name === 'th');
}

function span(cell: Element, name: 'colspan' | 'rowspan', max: number): number {
  const value = Number.parseInt(cell.attribs[name] ?? '1', 10);
  // rowspan="0" reaches down to the end of the table.
  if (name === 'rowspan' && value === 0) return max;
  return Number.isNaN(value) ? 1 : Math.min(Math.max(value, 1), max);
}

function headerRows(rows: readonly Row[]): number {
  const inHead = rows.findIndex((row) => !row.inHead);
  if (inHead !== 0) return inHead === -1 ? Math.min(1, rows.length) : inHead;
  const first = rows[0]?.cells ?? [];
  return rows.length > 1 && first.length > 0 && first.every(({ name }) => name === 'th') ? 1 : 0;
}

function joinHeaders(rows: readonly (readonly string[])[]): string[] {
  return (rows[0] ?? []).map((_, column) =>
    [...new Set(rows.map((row) => row[column] ?? ''))].filter((text) => text !== '').join(' '),
  );
}
