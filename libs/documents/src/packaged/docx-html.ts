import { childElements, childrenOf, type Element, isElement, textOf } from '../html/dom.ts';
import { attributeOf, escapeHtml, localName } from './read-xml.ts';

/** Levels of headings by the id of their style. */
export type HeadingStyles = ReadonlyMap<string, number>;

const MAX_DEPTH = 200;

/** The body of a Word document as HTML: headings, paragraphs, items, tables, bold. */
export function bodyHtml(parent: Element, styles: HeadingStyles, depth = 0): string {
  if (depth > MAX_DEPTH) return '';
  let html = '';
  let items = '';
  const flush = (): void => {
    if (items !== '') html += `<ul>${items}</ul>\n`;
    items = '';
  };
  for (const child of childElements(parent)) {
    const name = localName(child);
    const inside = name === 'p' ? runsHtml(child, depth) : '';
    if (name === 'p' && isItem(child, styles)) items += `<li>${inside}</li>`;
    else if (name !== 'p' || inside !== '') {
      flush();
      if (name === 'p') html += paragraph(child, inside, styles);
      else if (name === 'tbl') html += tableHtml(child, styles, depth + 1);
      else if (name === 'sdt' || name === 'sdtContent') html += bodyHtml(child, styles, depth + 1);
    }
  }
  flush();
  return html;
}

function paragraph(element: Element, inside: string, styles: HeadingStyles): string {
  const level = headingLevel(element, styles);
  const tag = level === undefined ? 'p' : `h${level}`;
  const text = level === undefined ? inside : inside.replace(/<\/?strong>/g, '');
  return `<${tag}>${text}</${tag}>\n`;
}

const propertiesOf = (paragraph: Element): Element[] =>
  childElements(paragraph)
    .filter((child) => localName(child) === 'pPr')
    .flatMap(childElements);

function headingLevel(paragraph: Element, styles: HeadingStyles): number | undefined {
  for (const property of propertiesOf(paragraph)) {
    const value = attributeOf(property, 'val') ?? '';
    if (localName(property) === 'pStyle') return styles.get(value);
    if (localName(property) === 'outlineLvl' && Number(value) < 6) return Number(value) + 1;
  }
  return undefined;
}

const isItem = (paragraph: Element, styles: HeadingStyles): boolean =>
  headingLevel(paragraph, styles) === undefined &&
  propertiesOf(paragraph).some((property) => localName(property) === 'numPr');

/** The text of a paragraph. What was deleted, field codes and second forms of a shape are left out. */
function runsHtml(parent: Element, depth: number): string {
  if (depth > MAX_DEPTH) return '';
  let html = '';
  for (const child of childElements(parent)) {
    switch (localName(child)) {
      case 't':
        html += escapeHtml(textOf(child));
        break;
      case 'tab':
        html += ' ';
        break;
      case 'br':
      case 'cr':
        html += '<br>';
        break;
      case 'noBreakHyphen':
        html += '-';
        break;
      case 'pPr':
      case 'rPr':
      case 'del':
      case 'moveFrom':
      case 'instrText':
      case 'Fallback':
        break;
      case 'r':
        html += isBold(child) ? bold(runsHtml(child, depth + 1)) : runsHtml(child, depth + 1);
        break;
      default:
        html += runsHtml(child, depth + 1);
    }
  }
  return html.replaceAll('</strong><strong>', '');
}

const bold = (html: string): string => (html.trim() === '' ? html : `<strong>${html}</strong>`);

const isBold = (run: Element): boolean =>
  childElements(run)
    .filter((child) => localName(child) === 'rPr')
    .flatMap(childElements)
    .some(
      (child) => localName(child) === 'b' && !/^(?:0|false)$/.test(attributeOf(child, 'val') ?? ''),
    );

/** The first row is the header: Markdown has no table without one. */
function tableHtml(table: Element, styles: HeadingStyles, depth: number): string {
  const rows = named(table, 'tr').map((row, at) => {
    const tag = at === 0 ? 'th' : 'td';
    const cells = named(row, 'tc').map((cell) => {
      const text = bodyHtml(cell, styles, depth).replace(/<\/?(?:p|h\d)>\s*/g, ' ');
      return `<${tag}>${text.trim()}</${tag}>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<table>${rows.join('')}</table>\n`;
}

const named = (parent: Element, name: string): Element[] =>
  childrenOf(parent).filter(
    (child): child is Element => isElement(child) && localName(child) === name,
  );
