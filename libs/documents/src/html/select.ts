import { type CheerioAPI, load } from 'cheerio';
import { DocumentError } from '../document-error.ts';
import type { Element } from './dom.ts';
import type { HtmlSelectors } from './html-to-document.ts';

/** Takes out what the selectors name, and returns the element that they choose. */
export function select($: CheerioAPI, selectors: HtmlSelectors = {}): Element | undefined {
  const { main, remove = [] } = selectors;
  for (const selector of remove) find($, selector).remove();
  return main === undefined ? undefined : (find($, main)[0] as Element | undefined);
}

function find($: CheerioAPI, selector: string) {
  try {
    // Cheerio would make an element of it.
    if (selector.includes('<')) throw new Error('it has a <');
    return $(selector);
  } catch (cause) {
    throw new DocumentError('invalid-selector', mistakeIn(selector, cause), { cause });
  }
}

/** Selectors that are none, each with the JSON pointer of its field: `/remove/0`. */
export function selectorMistakes({ main, remove = [] }: HtmlSelectors): {
  readonly path: string;
  readonly message: string;
}[] {
  const fields = remove.map((selector, at) => ({ path: `/remove/${at}`, selector }));
  if (main !== undefined) fields.unshift({ path: '/main', selector: main });
  // Some mistakes are noticed only where there is an element to be matched.
  const $ = load('<p>');
  return fields.flatMap(({ path, selector }) => {
    try {
      find($, selector);
      return [];
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      return [{ path, message: error.message }];
    }
  });
}

const mistakeIn = (selector: string, error: unknown): string =>
  `'${selector}' is no CSS selector: ${error instanceof Error ? error.message : error}`;
