/** A piece of Markdown between blank lines, with the headings it stands under. */
export interface Block {
  readonly kind: 'text' | 'table' | 'code';
  readonly lines: readonly string[];
  readonly headings: readonly Heading[];
}

export interface Heading {
  readonly level: number;
  readonly text: string;
}

const FENCE = /^\s*(`{3,}|~{3,})(.*)$/;
const TABLE_RULE = /^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*$/;

/**
 * Cuts Markdown into blocks.
 *
 * @param above headings that are open when the text begins (the page before it of a PDF)
 * @returns the blocks, and the headings that are open when it ends
 */
export function markdownBlocks(
  markdown: string,
  above: readonly Heading[] = [],
): { blocks: Block[]; headings: readonly Heading[] } {
  const lines = markdown.split(/\r?\n/);
  const blocks: Block[] = [];
  let headings = above;
  let text: string[] = [];
  const flush = () => {
    if (text.length > 0) blocks.push({ kind: 'text', lines: text, headings });
    text = [];
  };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const heading = /^ {0,3}(#{1,6})\s+(\S.*)$/.exec(line);
    const end = FENCE.test(line)
      ? endOfFence(lines, at)
      : line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '')
        ? endOfTable(lines, at)
        : at;
    if (end > at) {
      flush();
      const kind = FENCE.test(line) ? 'code' : 'table';
      blocks.push({ kind, lines: lines.slice(at, end), headings });
    } else if (heading) {
      flush();
      const level = heading[1]?.length ?? 1;
      const name = (heading[2] ?? '').replace(/\s+#+\s*$/, '').trim();
      headings = [...headings.filter((one) => one.level < level), { level, text: name }];
    } else if (line.trim() === '') flush();
    else text.push(line);
    at = Math.max(end, at + 1);
  }
  flush();
  return { blocks, headings };
}

/** The line after the closing fence. A fence that is never closed ends with the text. */
function endOfFence(lines: readonly string[], start: number): number {
  const fence = FENCE.exec(lines[start] ?? '')?.[1] ?? '';
  const close = lines.findIndex((line, at) => {
    const hit = at > start ? FENCE.exec(line) : null;
    return hit !== null && hit[2]?.trim() === '' && (hit[1] ?? '').startsWith(fence);
  });
  return close === -1 ? lines.length : close + 1;
}

function endOfTable(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, at) => at > start && !line.includes('|'));
  return end === -1 ? lines.length : end;
}
