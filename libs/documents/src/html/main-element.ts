import {
  childElements,
  childrenOf,
  descendants,
  type Element,
  isElement,
  keepChildren,
  type Node,
  textOf,
} from './dom.ts';

interface Landmark {
  readonly is: (element: Element) => boolean;
  /** Share of the words that has to be there: less is a teaser, or the empty root of an application. */
  readonly share: number;
}

/** Where sites and generators put the text of a page, the surest first. */
const landmarks: readonly Landmark[] = [
  { is: (element) => element.name === 'article' && isInside(element, isMain), share: 0.5 },
  { is: ({ name }) => name === 'main', share: 0.2 },
  { is: ({ attribs }) => attribs.role === 'main', share: 0.2 },
  { is: ({ name }) => name === 'article', share: 0.5 },
  {
    is: classed(/^(?:theme-doc-markdown|markdown-body|md-content|rst-content|vp-doc)$/),
    share: 0.3,
  },
  {
    is: ({ attribs }) => /^(?:(?:main-|docs-|mw-)?content(?:-text)?|main)$/.test(attribs.id ?? ''),
    share: 0.3,
  },
  { is: classed(/^(?:(?:main|page|article|post|doc)-)?content$/), share: 0.5 },
];

/**
 * The element that holds the text of a cleaned page: the first landmark that holds a fair share of
 * the words, else the densest block.
 */
export function mainElement(body: Element): Element {
  const words = wordsBelow(body);
  const total = words.get(body) ?? 0;
  const found = landmarks.map((): Element[] => []);
  for (const element of descendants(body))
    for (const [at, { is }] of landmarks.entries()) if (is(element)) found[at]?.push(element);
  for (const [at, { share }] of landmarks.entries()) {
    const [element, ...more] = found[at] ?? [];
    // Several are a list: what holds them all is meant.
    if (element && more.length === 0 && (words.get(element) ?? 0) >= total * share) return element;
  }
  return densestBlock(body, words);
}

function isMain({ name, attribs }: Element): boolean {
  return name === 'main' || attribs.role === 'main';
}

function isInside(element: Element, test: (above: Element) => boolean): boolean {
  for (let above = element.parent; above !== null; above = above.parent)
    if ('attribs' in above && test(above as Element)) return true;
  return false;
}

function classed(name: RegExp): (element: Element) => boolean {
  return ({ attribs }) => attribs.class?.split(/\s+/).some((one) => name.test(one)) === true;
}

/**
 * Goes down from the body as long as one child holds most of the words. Blocks left beside the
 * text that are mostly links are navigation without a name, and are taken out.
 */
function densestBlock(body: Element, words: ReadonlyMap<Node, number>): Element {
  const wordsIn = (node: Node) => words.get(node) ?? 0;
  let block = body;
  for (;;) {
    const most = childElements(block).find((child) => wordsIn(child) > 0.8 * wordsIn(block));
    if (most === undefined || !/^(?:div|section|center|form|t(?:able|body|r|d))$/.test(most.name))
      break;
    block = most;
  }
  keepChildren(block, (child) => {
    if (!isElement(child) || !/^(?:div|section|ul|ol|t(?:able|d))$/.test(child.name)) return true;
    return wordsIn(child) >= 0.3 * textOf(child).replace(/\s+/g, ' ').trim().length;
  });
  return block;
}

/** Characters that are not inside links, for each element. */
function wordsBelow(top: Element): ReadonlyMap<Node, number> {
  const counts = new Map<Node, number>();
  const count = (node: Node): number => {
    if (node.type === 'text') return node.data.trim().length;
    const sum = childrenOf(node).reduce((total, child) => total + count(child), 0);
    const own = isElement(node) && node.name === 'a' ? 0 : sum;
    counts.set(node, own);
    return own;
  };
  count(top);
  return counts;
}
