import {
  childrenOf,
  descendants,
  type Element,
  isElement,
  keepChildren,
  type Node,
  textOf,
} from './dom.ts';

/** Elements that never hold text of the page. */
const NEVER = new Set(
  'script style template noscript svg iframe object embed canvas audio video map nav button input select textarea dialog link meta title'.split(
    ' ',
  ),
);
const CHROME_ROLES =
  /^(?:navigation|banner|contentinfo|search|searchbox|menu|menubar|dialog|alertdialog|toolbar|tablist|complementary)$/;

/** Classes of furniture around the text. Ids are no sign: `id="pagination"` is a chapter on it. */
const CHROME_CLASSES =
  /(?:^|[\s_-])(?:breadcrumbs?|pagination|pager|prev-?next|skip-?(?:link|nav|to-content)|toc|table-of-contents|on-this-page|edit-(?:this-)?page|last-updated|share|social|newsletter|related-(?:posts|articles|pages)|feedback|was-this-helpful|sr-only|visually-hidden|screen-reader-text|copy-?(?:btn|button)|linenos?|line-numbers-rows|gutter|headerlink|header-anchor|hash-link|anchor-link|heading-anchor|permalink|sidebar|side-?nav|navbar|adverts?|advertisement|promo)(?:$|[\s_-])/i;
const CHROME_IDS = /^(?:sidebar|side-?nav|navbar|nav|toc|breadcrumbs?|header|footer|menu)$/i;

/** Banners that ask for consent: outside of the text, and there is something to click. */
const CONSENT = /cookie|consent|gdpr|ccpa|onetrust/i;

/** An aside that belongs to the text, as Starlight, Docusaurus, MkDocs and Sphinx mark it. */
const ADMONITION =
  /(?:^|[\s_-])(?:note|tip|hint|info|warning|caution|danger|important|admonition|callout|alert|aside)(?:$|[\s_-])/i;

/** Characters outside of links that furniture may have: a teaser, a form for a newsletter. */
const MAX_CHROME_CHARS = 400;

/**
 * Takes out what is not the text of a page: navigation, banners, hidden parts, buttons.
 *
 * @param inMain the root itself is known to hold the text
 */
export function removeChrome(root: Node, inMain = false): void {
  const rest: { node: Node; inMain: boolean }[] = [{ node: root, inMain }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const { node, inMain } = next;
    keepChildren(node, (child) => !isElement(child) || !isChrome(child, inMain));
    for (const child of childrenOf(node))
      if (isElement(child)) rest.push({ node: child, inMain: inMain || isMain(child) });
  }
}

/** Elements that say of themselves that they hold the text. */
function isMain({ name, attribs }: Element): boolean {
  return name === 'main' || name === 'article' || attribs.role === 'main';
}

function isChrome(element: Element, inMain: boolean): boolean {
  const { name } = element;
  if (/^(?:html|head|body)$/.test(name)) return name === 'head';
  if (NEVER.has(name)) return true;
  if (isMain(element) || /^(?:h[1-6]|section|pre|code|table|tr|p)$/.test(name))
    return isHidden(element);
  return looksLikeChrome(element, inMain) && !holds(element, isMain);
}

function looksLikeChrome(element: Element, inMain: boolean): boolean {
  const { name, attribs } = element;
  const { role = '', id = '' } = attribs;
  const classes = attribs.class ?? '';
  if (isHidden(element)) return true;
  if (inMain && (role === 'note' || ADMONITION.test(`${classes} ${attribs['aria-label'] ?? ''}`)))
    return false;
  if (name === 'aside' || CHROME_ROLES.test(role)) return true;
  if (name === 'footer') return !inMain || !holds(element, ({ name }) => name === 'p');
  if (name === 'header') return !inMain;
  if (name === 'form') return textOf(element).length < 300;
  if (CHROME_CLASSES.test(classes)) return !isProse(element);
  if (name === 'a') return isAnchorSign(element);
  return !inMain && ((CHROME_IDS.test(id) && !isProse(element)) || asksForConsent(element));
}

function isHidden({ attribs }: Element): boolean {
  // The tabs that are not in front are hidden, and are text all the same.
  if (attribs.role === 'tabpanel' || attribs.hidden === 'until-found') return false;
  return (
    attribs.hidden !== undefined ||
    attribs['aria-hidden'] === 'true' ||
    /display\s*:\s*none|visibility\s*:\s*hidden/i.test(attribs.style ?? '')
  );
}

function asksForConsent(element: Element): boolean {
  const { attribs } = element;
  if (!CONSENT.test(`${attribs.class ?? ''} ${attribs.id ?? ''}`)) return false;
  return holds(element, ({ name }) => name === 'button' || name === 'input');
}

/** The pilcrow or chain beside a heading, which links to the heading itself. */
function isAnchorSign(element: Element): boolean {
  if (!element.attribs.href?.startsWith('#')) return false;
  return (
    textOf(element).replace(/[\s\u200B]/g, '').length <= 1 &&
    !holds(element, ({ name }) => name === 'img')
  );
}

/** DocBook calls its boxes `sidebar`; those hold text, and furniture holds links. */
function isProse(element: Element): boolean {
  let links = 0;
  for (const below of descendants(element)) if (below.name === 'a') links += textOf(below).length;
  return textOf(element).replace(/\s+/g, ' ').length - links > MAX_CHROME_CHARS;
}

function holds(element: Element, test: (below: Element) => boolean): boolean {
  for (const below of descendants(element)) if (test(below)) return true;
  return false;
}
