const FENCE = /^\s*(`{3,}|~{3,})/;
const STARTS_LINE =
  /^\s*(?:[-*+•–]\s|\d{1,3}[.)]\s|[a-z][.)]\s|>|\||:\s|#{1,6}\s|\[[^\]]+\]:\s|(?:[-*_]\s*){3,}$)/;

/**
 * Lines of Markdown or plain text, outside of fenced code, with one line for each line that is
 * meant: those that were only wrapped to fit a width are joined, and headings underlined with `=`
 * or `-` become `#` headings.
 *
 * @param change applied to every line outside of code, before the joining
 */
export function tidyLines(text: string, change: (line: string) => string = (line) => line): string {
  const out: string[] = [];
  let fence = '';
  for (const source of text.replace(/\r\n?/g, '\n').split('\n')) {
    const mark = FENCE.exec(source)?.[1] ?? '';
    if (fence !== '' || mark !== '') {
      out.push(source);
      if (fence === '') fence = mark;
      else if (mark.startsWith(fence)) fence = '';
      continue;
    }
    const line = change(source);
    const last = out.at(-1) ?? '';
    if (isUnderline(line) && isProse(last)) {
      out[out.length - 1] = `${line.startsWith('=') ? '#' : '##'} ${last.trim()}`;
    } else if (continues(line, last)) {
      out[out.length - 1] = `${last.trimEnd()} ${line.trim()}`;
    } else out.push(line);
  }
  return out.join('\n').trim();
}

function isUnderline(line: string): boolean {
  return /^(?:={3,}|-{3,})\s*$/.test(line);
}

function isProse(line: string): boolean {
  return line.trim() !== '' && line.length <= 200 && !STARTS_LINE.test(line);
}

function continues(line: string, last: string): boolean {
  if (line.trim() === '' || STARTS_LINE.test(line) || line.includes('|')) return false;
  if (last.trim() === '' || /^\s*(?:#{1,6}\s|\||```|~~~)/.test(last) || / {2}$|\\$/.test(last))
    return false;
  // Four blanks are code, except under the item of a list.
  return !/^(?: {4}|\t)/.test(line) || /^\s*(?:[-*+]|\d{1,3}[.)])\s/.test(last);
}
