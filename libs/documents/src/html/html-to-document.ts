import { descendants, type Element, type Node, textOf } from './dom.ts';
import { limitDepth } from './limit-depth.ts';
import { mainElement } from './main-element.ts';
import { pageFacts } from './page-facts.ts';
import { parseHtml } from './parse-html.ts';
import { removeChrome } from './remove-chrome.ts';
import { select } from './select.ts';
import { toMarkdown } from './to-markdown.ts';

export interface HtmlDocument {
  /** The first heading of the text, else the title of the page, else the end of the URL. */
  readonly title: string;
  readonly markdown: string;
  /** BCP 47 tag as the page has it. */
  readonly language?: string;
  /** What the page says is its URL; whether to believe it (same site?) is the caller's matter. */
  readonly canonical?: string;
  /** The page asks not to be found (`<meta name="robots">`). */
  readonly noindex: boolean;
  /** Absolute http(s) URLs without fragments, in order of appearance. */
  readonly links: readonly string[];
  /** The same of links that the page asks not to follow, by `rel` or `<meta name="robots">`. */
  readonly nofollow: readonly string[];
}

/** CSS selectors for the pages of one site. */
export interface HtmlSelectors {
  /** The element that holds the text; without a match the usual choice is made. */
  readonly main?: string;
  /** Elements that do not belong to it. */
  readonly remove?: readonly string[];
}

export interface HtmlOptions {
  readonly selectors?: HtmlSelectors | undefined;
}

/**
 * The text of a page as Markdown, and what the page says about itself. Navigation, banners, hidden
 * parts and scripts are left out; headings, tables, lists, definitions and code stay. Takes 1 to 2
 * ms for a page of 30 kB.
 *
 * @param url where the page was found: links are relative to it
 * @throws DocumentError `invalid-selector`
 */
export function htmlToDocument(html: string, url: string, options: HtmlOptions = {}): HtmlDocument {
  const $ = parseHtml(html);
  const root = $.root()[0] as Node | undefined;
  if (root === undefined) throw new Error('cheerio has made no document');
  limitDepth(root);
  const { title, base, ...facts } = pageFacts(root, url);
  const chosen = select($, options.selectors);
  removeChrome(chosen ?? root, chosen !== undefined);
  const body = bodyOf(root) ?? (root as Element);
  const main = chosen ?? mainElement(body);
  return {
    title: titleOf(main, body, title) || lastSegment(url),
    markdown: toMarkdown(main, base),
    ...facts,
  };
}

/** A first heading that is no `<h1>` is the title if the page's own title begins or ends with it. */
function titleOf(main: Element, body: Element, title: string): string {
  const name = firstHeading(main, /^h1$/);
  const next = firstHeading(main, /^h[2-6]$/);
  if (name !== '') return name;
  const [whole, part] = [title.toLowerCase(), next.toLowerCase()];
  if (part !== '' && (whole.startsWith(part) || whole.endsWith(part))) return next;
  return title || firstHeading(body, /^h1$/) || next;
}

function bodyOf(root: Node): Element | undefined {
  for (const element of descendants(root)) if (element.name === 'body') return element;
  return undefined;
}

function firstHeading(element: Element, names: RegExp): string {
  for (const below of descendants(element))
    if (names.test(below.name)) return textOf(below).replace(/\s+/g, ' ').trim();
  return '';
}

function lastSegment(url: string): string {
  const { pathname, hostname } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? hostname;
}
