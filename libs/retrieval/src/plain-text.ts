import { cellsOf, type Unit } from './units.ts';

/**
 * Units as text to read: list markers kept, table rows as `Header: cell; Header: cell`, definitions
 * with their term, Markdown's emphasis and link targets left out.
 */
export function plainText(units: readonly Unit[]): string {
  let text = '';
  let last: Unit | undefined;
  for (const unit of units) {
    const sameBlock = unit.block === last?.block;
    if (last) text += sameBlock ? ' ' : '\n';
    text += sameBlock ? inline(unit.text) : opening(unit);
    last = unit;
  }
  return text;
}

/** A unit at the start of its line. */
function opening(unit: Unit): string {
  switch (unit.kind) {
    case 'code':
      return unit.text;
    case 'row':
      return rowText(unit);
    case 'sentence':
      return unit.marker + (unit.term ? `${inline(unit.term)}: ` : '') + inline(unit.text);
  }
}

function rowText({ text, lead }: Unit): string {
  const cells = cellsOf(text).map(inline);
  return cells
    .map((cell, column) => [inline(lead[column] ?? ''), cell])
    .filter(([, cell]) => cell !== '')
    .map(([header, cell]) => (header ? `${header}: ${cell}` : cell))
    .join('; ');
}

function inline(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)\s]*\)/g, '$1')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, '$1')
    .replace(/\s*\n\s*/g, ' ');
}
