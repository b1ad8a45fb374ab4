import type { CheerioAPI } from 'cheerio';

type Content<T> = T extends { [n: number]: infer N } ? N : never;
type Root = Content<ReturnType<CheerioAPI['root']>>;

export type Node = Root['children'][number];
export type Element = Extract<Node, { attribs: object }>;

export function isElement(node: Node): node is Element {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

export function childrenOf(node: Node | Root): Node[] {
  return 'children' in node ? node.children : [];
}

export function childElements(node: Node | Root): Element[] {
  return childrenOf(node).filter(isElement);
}

/** All elements below, in document order. Does not recurse: pages can be nested without end. */
export function* descendants(root: Node | Root): Generator<Element> {
  const rest: Node[] = childrenOf(root).toReversed();
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (!isElement(node)) continue;
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) rest.push(node.children[i] as Node);
  }
}

/** The text below, as it stands in the source. Does not recurse either. */
export function textOf(root: Node | Root): string {
  const rest: Node[] = [root as Node];
  let text = '';
  for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
    if (node.type === 'text') text += node.data;
    const children = childrenOf(node);
    for (let i = children.length - 1; i >= 0; i--) rest.push(children[i] as Node);
  }
  return text;
}

/** Takes out the children that do not pass, in one go. */
export function keepChildren(parent: Node | Root, keep: (child: Node) => boolean): void {
  const children = childrenOf(parent);
  const kept = children.filter(keep);
  if (kept.length === children.length) return;
  children.length = 0;
  for (const child of kept) children.push(child);
}
