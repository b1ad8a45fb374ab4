/** A piece of text as pdf.js hands it out. */
export interface TextItem {
  readonly str: string;
  /** `[a, b, c, d, e, f]`: from the text's own space to the page. */
  readonly transform: readonly number[];
  readonly width: number;
  readonly fontName: string;
}

export interface PageGeometry {
  /** `[a, b, c, d, e, f]`: from the page to the way it is shown, y down. */
  readonly transform: readonly number[];
  readonly monospace: ReadonlySet<string>;
}

/** One line as it is printed. Lengths in points of the page as shown, from its upper left corner. */
export interface Line {
  /** Two blanks where a gap as wide as a column is. */
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly right: number;
  readonly monospace: boolean;
}

/** A gap of this many font sizes is a space, and of this many the border of a column. */
const SPACE = 0.16;
const COLUMN = 2;

/**
 * Joins pieces of text to lines, in the order of the file: in a page of two columns it is the order
 * of reading, which sorting by place would destroy.
 */
export function pageLines(items: readonly TextItem[], geometry: PageGeometry): Line[] {
  const lines: Line[] = [];
  let open: Line | undefined;
  for (const item of items) {
    if (item.str.trim() === '') continue;
    const piece = placed(item, geometry);
    const joined: Line | undefined = open && join(open, piece);
    if (joined) open = joined;
    else {
      if (open) lines.push(open);
      open = piece;
    }
  }
  return open ? [...lines, open] : lines;
}

function placed({ str, transform, width, fontName }: TextItem, geometry: PageGeometry): Line {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = geometry.transform;
  const [, , tc = 0, td = 0, te = 0, tf = 0] = transform;
  const x = a * te + c * tf + e;
  const y = b * te + d * tf + f;
  const size = Math.hypot(a * tc + c * td, b * tc + d * td);
  const text = str.replace(/[\u00AD\u200B\uFEFF]/g, '').replace(/\s+/g, ' ');
  return { text, x, y, size, right: x + width, monospace: geometry.monospace.has(fontName) };
}

/** Undefined if the piece is on another line. */
function join(line: Line, piece: Line): Line | undefined {
  const size = Math.max(line.size, piece.size);
  const gap = piece.x - line.right;
  // Superscripts sit up to half a size higher; what goes far back to the left is a new line.
  if (Math.abs(piece.y - line.y) > size * 0.55 || gap < -size * 2) return undefined;
  // Bold that is made by printing twice.
  if (gap < -size * 0.5 && line.text.endsWith(piece.text)) return line;
  const monospace = line.monospace && piece.monospace;
  const between = monospace
    ? columnsIn(gap, line)
    : gap > size * COLUMN
      ? '  '
      : gap > size * SPACE
        ? ' '
        : '';
  const raised = piece.size < line.size * 0.8;
  return {
    text: line.text + between + piece.text,
    x: Math.min(line.x, piece.x),
    y: raised ? line.y : piece.y,
    size: piece.text.trim().length > line.text.trim().length ? piece.size : line.size,
    right: Math.max(line.right, piece.right),
    monospace,
  };
}

/** Where all characters are equally wide, what stands in columns keeps standing there. */
function columnsIn(gap: number, { text, x, right }: Line): string {
  const count = Math.round((gap * text.length) / Math.max(right - x, 1));
  return ' '.repeat(Math.min(Math.max(count, 0), 80));
}
