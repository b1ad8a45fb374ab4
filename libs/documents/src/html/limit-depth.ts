import { childrenOf, isElement, type Node, textOf } from './dom.ts';

/** Above what `parseHtml` leaves of ordinary elements, and far from the end of the stack. */
const MAX_DEPTH = 600;

/**
 * Reduces what is nested too deeply to its text, so that everything after this may recurse.
 * The parser's limit does not count elements that nest only where they should not (`<a>` in SVG).
 */
export function limitDepth(root: Node): void {
  const rest: { node: Node; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = rest.pop(); next !== undefined; next = rest.pop())
    for (const node of childrenOf(next.node)) {
      if (!isElement(node)) continue;
      if (next.depth < MAX_DEPTH) rest.push({ node, depth: next.depth + 1 });
      else flatten(node);
    }
}

function flatten(node: Node): void {
  const data = textOf(node);
  Object.assign(node, { type: 'text', data, children: [] });
}
