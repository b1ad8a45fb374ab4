import type { Block } from './markdown-blocks.ts';
import { plainText } from './plain-text.ts';
import { splitLong, splitSentences } from './split-sentences.ts';

/** What a chunk is packed from: a sentence, a line of a list, a table or code (or a part of one). */
export interface Unit {
  readonly text: string;
  /** What stands between it and the unit before it in the same chunk. */
  readonly glue: ' ' | '\n' | '\n\n';
  /** Sentences and lines may open the next chunk again; tables and code may not. */
  readonly repeatable: boolean;
}

export interface UnitSizes {
  /** Characters that a chunk should have. */
  readonly target: number;
  /** Characters up to which a table or code stays whole. */
  readonly whole: number;
}

export function unitsOf(block: Block, sizes: UnitSizes): Unit[] {
  switch (block.kind) {
    case 'text':
      return textUnits(block.lines, sizes.target);
    case 'table':
      return tableParts(block.lines, sizes).map(wholeUnit);
    case 'code':
      return codeParts(block.lines, sizes).map(wholeUnit);
  }
}

function wholeUnit(text: string): Unit {
  return { text, glue: '\n\n', repeatable: false };
}

function textUnits(lines: readonly string[], target: number): Unit[] {
  const plain = plainText(lines.join('\n').replace(/\n: /g, ': '));
  return plain.split('\n').flatMap((line, lineNo) => {
    const text = line
      .replace(/^(?:>\s?)+/, '')
      .replace(/[^\S\n]+/g, ' ')
      .trimEnd();
    const pieces = splitSentences(text).flatMap((piece) => splitLong(piece, target));
    return pieces.map(
      (piece, pieceNo): Unit => ({
        text: piece,
        glue: pieceNo > 0 ? ' ' : lineNo > 0 ? '\n' : '\n\n',
        repeatable: true,
      }),
    );
  });
}

/** A long table in parts that each begin with its header. */
function tableParts(lines: readonly string[], { target, whole }: UnitSizes): string[] {
  const rows = lines.map((line) =>
    plainText(line).replace(/\s+/g, ' ').replace(/-{4,}/g, '---').trim(),
  );
  if (rows.every((row) => /^[\s|:-]*$/.test(row))) return [];
  const table = rows.join('\n');
  if (table.length <= whole) return [table];
  const head = rows.slice(0, 2).join('\n');
  const repeated = /[^\s|]/.test(rows[0] ?? '') && head.length <= target / 2;
  const parts: string[] = [];
  let part = head;
  for (const row of rows.slice(2)) {
    for (const piece of splitLong(row, whole)) {
      if (part !== '' && part !== head && part.length + piece.length > target) {
        parts.push(part);
        part = repeated ? head : '';
      }
      part += (part === '' ? '' : '\n') + piece;
    }
  }
  return [...parts, part];
}

/** Long code in parts that are fenced again: at blank lines, or between lines if there are none. */
function codeParts(lines: readonly string[], { target, whole }: UnitSizes): string[] {
  const [open = '```', ...rest] = dedent(lines);
  const fence = /^[`~]+/.exec(open)?.[0] ?? '```';
  const code = rest.at(-1)?.startsWith(fence) ? rest.slice(0, -1) : rest;
  if (code.every((line) => line.trim() === '')) return [];
  const fenced = (part: string) => `${open}\n${part}\n${fence}`;
  const text = code.join('\n');
  if (text.length <= whole) return [fenced(text)];

  const groups = text
    .split(/\n\s*\n/)
    .flatMap((group) => (group.length <= whole ? [group] : splitLines(group, whole)));
  const parts: string[] = [];
  for (const group of groups.filter((one) => one.trim() !== '')) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + group.length < target)
      parts[parts.length - 1] = `${last}\n\n${group}`;
    else parts.push(group);
  }
  return parts.map(fenced);
}

function splitLines(text: string, max: number): string[] {
  const parts: string[] = [];
  for (const line of text.split('\n').flatMap((one) => splitLong(one, max))) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + line.length < max)
      parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts;
}

/** Code inside a list is indented like its item. */
function dedent(lines: readonly string[]): string[] {
  const indent = /^\s*/.exec(lines[0] ?? '')?.[0].length ?? 0;
  return lines.map((line) => (line.slice(0, indent).trim() === '' ? line.slice(indent) : line));
}
