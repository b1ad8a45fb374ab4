import { childElements, descendants, type Element, type Node } from './dom.ts';

/** A `<pre>` as a fenced block, its language from the classes that highlighters leave. */
export function fencedCode(pre: Element): string {
  const code = codeText(pre)
    .replace(/[^\S\n]+$/gm, '')
    .replace(/^\n+|\s+$/g, '');
  if (code === '') return '';
  const longest = Math.max(2, ...(code.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${languageOf(pre)}\n${code}\n${fence}`;
}

function codeText(node: Node): string {
  if (node.type === 'text') return node.data.replace(/\r\n?/g, '\n').replace(/\u00A0/g, ' ');
  if ('name' in node && node.name === 'br') return '\n';
  return 'children' in node ? (node.children as Node[]).map(codeText).join('') : '';
}

const BY_CLASS =
  /(?:^|\s)(?:language-|lang-|highlight-source-|highlight-|brush:\s*|sourceCode\s+)([a-z][\w+#-]*)/i;
const NO_LANGUAGE =
  /^(?:none|text|txt|plain\w*|default|highlighter-\w+|notranslate|code|nohighlight)$/i;

/** Looked for on the block, inside it (`<code class>`), and on the two elements around it. */
function languageOf(pre: Element): string {
  const around = [pre.parent, pre.parent?.parent ?? null].filter(
    (node) => node !== null && 'attribs' in node,
  ) as Element[];
  const inside = childElements(pre).length === 1 ? [...descendants(pre)].slice(0, 1) : [];
  for (const { attribs } of [...inside, pre, ...around]) {
    const name =
      attribs['data-lang'] ?? attribs['data-language'] ?? BY_CLASS.exec(attribs.class ?? '')?.[1];
    if (name && /^[\w+#-]{1,20}$/.test(name) && !NO_LANGUAGE.test(name)) return name.toLowerCase();
  }
  return '';
}
