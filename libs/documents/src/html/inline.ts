import { childrenOf, isElement, type Node } from './dom.ts';

/** Elements of a run of text. */
export interface InlineOptions {
  /** What links are relative to. */
  readonly base: string;
  /** Inside a table cell or a heading: links and line breaks become plain text. */
  readonly plain: boolean;
}

/** A run of nodes as one paragraph of Markdown, on as many lines as it has `<br>`. */
export function inlineText(nodes: readonly Node[], options: InlineOptions): string {
  const text = nodes.map((node) => inline(node, options)).join('');
  return tidy(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => (options.plain ? line : escapeStart(line)))
    .join(options.plain ? ' ' : '\n');
}

function inline(node: Node, options: InlineOptions): string {
  if (node.type === 'text') return escapeBackslash(node.data.replace(/\s+/g, ' '));
  if (!isElement(node)) return '';
  const content = () =>
    childrenOf(node)
      .map((child) => inline(child, options))
      .join('');
  switch (node.name) {
    case 'br':
      return '\n';
    case 'wbr':
      return '';
    case 'img':
      return image(node.attribs, options);
    case 'a':
      return link(content(), node.attribs.href, options);
    case 'code':
    case 'samp':
    case 'tt':
      return codeSpan(
        childrenOf(node)
          .map((child) => inline(child, { ...options, plain: true }))
          .join(''),
      );
    case 'strong':
    case 'b':
      return wrap(content(), '**', options);
    case 'sup':
      return content().replace(/^(?=\d+$)/, '^');
    case 'q':
      return `"${content()}"`;
    case 'li':
      return `${content()}; `;
    case 'p':
    case 'div':
    case 'dd':
    case 'dt':
    case 'pre':
    case 'td':
      return ` ${content()} `;
    default:
      return content();
  }
}

function image(
  { alt = '', src = '' }: Record<string, string>,
  { base, plain }: InlineOptions,
): string {
  const text = alt.replace(/\s+/g, ' ').replace(/[[\]]/g, '').trim();
  if (text === '') return '';
  if (plain) return text;
  const url = /^data:/i.test(src) ? null : URL.parse(src, base);
  return url ? `![${text}](${inBrackets(url.href)})` : text;
}

function link(content: string, href: string | undefined, { base, plain }: InlineOptions): string {
  const text = content.trim();
  if (plain || text === '' || href === undefined || href.startsWith('#')) return content;
  const url = URL.parse(href, base);
  if (url === null || !/^(?:https?|mailto):$/.test(url.protocol)) return content;
  const before = content.startsWith(' ') ? ' ' : '';
  const after = content.endsWith(' ') ? ' ' : '';
  return `${before}[${text.replace(/\n/g, ' ')}](${inBrackets(url.href)})${after}`;
}

/** Brackets and blanks would end the target early. */
function inBrackets(href: string): string {
  return href.replace(/[()\s]/g, (char) => (char === '(' ? '%28' : char === ')' ? '%29' : '%20'));
}

function codeSpan(content: string): string {
  const code = content
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^`+|`+$/g, '');
  if (code === '') return content;
  return code.includes('`') ? `\`\` ${code} \`\`` : `\`${code}\``;
}

function wrap(content: string, mark: string, { plain }: InlineOptions): string {
  const text = content.trim();
  if (plain || text === '' || text.includes(mark) || text.includes('\n')) return content;
  const [before, after] = [content.startsWith(' ') ? ' ' : '', content.endsWith(' ') ? ' ' : ''];
  return `${before}${mark}${text}${mark}${after}`;
}

/** Soft hyphens and zero-width characters are for line breaking only. */
function tidy(text: string): string {
  return text
    .replace(/[\u00AD\u200B\u2060\uFEFF]/g, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/; (?=[.;,]|\s*$)/g, ' ');
}

/** A line of text that would be read as a heading or a fence. */
function escapeStart(line: string): string {
  return line.replace(/^(?=#{1,6}\s|`{3}|~{3})/, '\\');
}

/** A backslash that would take the meaning of the sign after it. */
function escapeBackslash(text: string): string {
  return text.includes('\\') ? text.replace(/\\(?=[!-/:-@[-`{-~])/g, '\\\\') : text;
}
