const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** What stands between `<main>` and `</main>`, still as HTML. */
export function mainOf(html: string): string {
  const inside = /<main>([\s\S]*)<\/main>/.exec(html)?.[1];
  if (inside === undefined) throw new Error('a page of the manual has a main element');
  return inside;
}

/** The words of a piece of HTML. Blocks and cells are parted by one space, inline marks vanish. */
export function textOf(html: string): string {
  return html
    .replace(/<\/?(?:strong|em|code|a)\b[^>]*>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s+/g, ' ')
    .trim();
}

/** The text of every paragraph, list item and definition. */
export function paragraphsOf(html: string): string[] {
  return [...html.matchAll(/<(p|li|dd)\b[^>]*>([\s\S]*?)<\/\1>/g)].map(([, , inside = '']) =>
    textOf(inside),
  );
}

/** Root-relative links of a page, without their fragment. */
export function linksOf(html: string): string[] {
  return [...html.matchAll(/\shref="(\/[^"#]*)/g)].map(([, path = '']) => path);
}
