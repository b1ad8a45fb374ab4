import { fencedCode } from './code.ts';
import { childElements, childrenOf, type Element, isElement, type Node } from './dom.ts';
import { inlineText } from './inline.ts';
import { captionOf, cellsOf, type Grid, gridOf, isLayout } from './table.ts';

const BLOCKS = new Set(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu ol p pre section summary table tbody td tfoot th thead tr ul'.split(
    ' ',
  ),
);

/**
 * A cleaned element as Markdown: headings, paragraphs, lists, definition lists (`: ` as in PHP
 * Markdown Extra), quotes, tables and fenced code. Written for retrieval: only what would be read
 * as another block is escaped, so that `max_payload` stays findable as it is.
 *
 * @param base what links are relative to
 */
export function toMarkdown(element: Element, base: string): string {
  const nested = new Map<Element, boolean>();
  const isBlock = (node: Node): node is Element => {
    if (!isElement(node)) return false;
    if (BLOCKS.has(node.name)) return true;
    const known = nested.get(node) ?? childrenOf(node).some(isBlock);
    nested.set(node, known);
    return known;
  };
  const flat = (nodes: readonly Node[]) => inlineText(nodes, { base, plain: true });

  /** The blocks of an element's children; runs of text between blocks are paragraphs. */
  const blocksIn = (parent: Element): string[] => {
    const blocks: string[] = [];
    let run: Node[] = [];
    const flush = () => {
      if (run.length > 0) blocks.push(inlineText(run, { base, plain: false }));
      run = [];
    };
    for (const node of childrenOf(parent)) {
      if (!isBlock(node)) {
        run.push(node);
        continue;
      }
      flush();
      blocks.push(...blocksOf(node));
    }
    flush();
    return blocks.filter((block) => block !== '');
  };

  const blocksOf = (node: Element): string[] => {
    switch (node.name) {
      case 'h1':
      case 'h2':
      case 'h3':
      case 'h4':
      case 'h5':
      case 'h6': {
        const text = flat(childrenOf(node));
        return text === '' ? [] : [`${'#'.repeat(Number(node.name[1]))} ${text}`];
      }
      case 'pre':
        return [fencedCode(node)];
      case 'ul':
      case 'ol':
      case 'menu':
        return [list(node)];
      case 'dl':
        return definitions(node);
      case 'table':
        return table(node);
      case 'blockquote':
        return [blocksIn(node).join('\n\n').replace(/^/gm, '> ')];
      case 'hr':
        return [];
      default:
        return blocksIn(node);
    }
  };

  const list = (node: Element): string => {
    let number = Number.parseInt(node.attribs.start ?? '1', 10) || 1;
    const items = childElements(node).map((item) => {
      const blocks = item.name === 'li' ? blocksIn(item) : blocksOf(item);
      if (blocks.length === 0) return '';
      const bullet = node.name === 'ol' ? `${number++}. ` : '- ';
      const indent = ' '.repeat(bullet.length);
      return bullet + joinTight(blocks).replace(/\n(?=[^\n])/g, `\n${indent}`);
    });
    return items.filter((item) => item !== '').join('\n');
  };

  const definitions = (node: Element): string[] => {
    const parts = childElements(node).flatMap((part) =>
      part.name === 'div' ? childElements(part) : [part],
    );
    return parts
      .flatMap((part) => {
        if (part.name === 'dt') return [`**${flat(childrenOf(part)).replaceAll('**', '')}**`];
        const blocks = blocksIn(part);
        return blocks.length === 1 && !/^[#>|`-]/.test(blocks[0] ?? '')
          ? [`: ${blocks[0]}`]
          : blocks;
      })
      .reduce<string[]>((joined, block) => {
        const last = joined.at(-1);
        if (block.startsWith(': ') && last?.startsWith('**'))
          joined[joined.length - 1] = `${last}\n${block}`;
        else if (block !== '****') joined.push(block);
        return joined;
      }, []);
  };

  const table = (node: Element): string[] => {
    const caption = captionOf(node);
    const title = caption ? flat(childrenOf(caption)) : '';
    const body = isLayout(node)
      ? cellsOf(node).flatMap(blocksIn)
      : [tableMarkdown(gridOf(node, (cell) => flat(childrenOf(cell)).replaceAll('|', '\\|')))];
    return title === '' ? body : [title, ...body];
  };

  return blocksOf(element).join('\n\n');
}

/** A nested list follows its item closely, everything else keeps its distance. */
function joinTight(blocks: readonly string[]): string {
  return blocks.reduce(
    (text, block) => text + (/^(?:- |\d+\. )/.test(block) ? '\n' : '\n\n') + block,
  );
}

function tableMarkdown({ header, rows }: Grid): string {
  const filled = rows.filter((row) => row.some((cell) => cell !== ''));
  const width = header.length || (filled[0]?.length ?? 0);
  if (width === 0 || (filled.length === 0 && header.every((cell) => cell === ''))) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const top = header.length > 0 ? header : new Array<string>(width).fill('');
  return [line(top), line(top.map(() => '---')), ...filled.map(line)].join('\n');
}
