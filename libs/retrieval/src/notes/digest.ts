import type { NotedDocument } from './notes.ts';
import { type Section, sectionsOf } from './statements.ts';
import { weighStatements } from './weigh-statements.ts';

/**
 * A document for a reader with little room: its pages as they are if they fit, else its headings
 * and the statements that carry most of it, in their order. `[page 3]` stands before what is on
 * page 3.
 */
export function digestOf(document: NotedDocument, maxChars: number): string {
  const whole = document.pages
    .map(({ number, markdown }) => `${pageMark(number)}${markdown.trim()}`)
    .join('\n\n');
  if (whole.length <= maxChars) return whole;

  const weighed = weighStatements(document.title, sectionsOf(document));
  const kept = new Set<number>();
  const shown = new Set<Section>();
  let chars = 0;
  for (const { text, place, section } of weighed.toSorted((a, b) => b.weight - a.weight)) {
    const heading = shown.has(section) ? 0 : section.heading.length + 24;
    if (chars + heading + text.length + 1 > maxChars) continue;
    chars += heading + text.length + 1;
    shown.add(section);
    kept.add(place);
  }
  let digest = '';
  let open: Section | undefined;
  let page: number | undefined;
  for (const statement of weighed) {
    if (!kept.has(statement.place)) continue;
    if (statement.page !== page) digest += `\n${pageMark(statement.page)}`;
    page = statement.page;
    const { section } = statement;
    if (section !== open)
      digest += `${'#'.repeat(Math.max(section.level, 1))} ${section.heading}\n`;
    open = section;
    digest += `${statement.text}\n`;
  }
  return digest.trim().slice(0, maxChars);
}

const pageMark = (page: number | undefined): string =>
  page === undefined ? '' : `[page ${page}]\n`;
