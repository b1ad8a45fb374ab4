import { plainText } from '../chunk/plain-text.ts';
import { tidyLines } from './tidy-lines.ts';
import { titleFromName } from './title-from-name.ts';

export interface TextDocument {
  readonly title: string;
  readonly markdown: string;
}

const TAG =
  /<\/?(?:a|abbr|b|blockquote|br|center|code|dd|details|div|dl|dt|em|figure|figcaption|font|h[1-6]|hr|i|img|kbd|li|ol|p|picture|small|source|span|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul|video)(?:\s[^<>]*)?\/?>/gi;

/**
 * A Markdown file in the form that the other readers make: front matter, comments and tags gone,
 * wrapped lines joined, underlined headings and reference links in their short forms. The title is
 * that of the front matter, else the first heading, else made of the name.
 *
 * @param name file name or URL
 */
export function markdownToDocument(source: string, name: string): TextDocument {
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)/.exec(source);
  const text = withoutComments(
    front ? source.slice(front[0].length) : source.replace(/^\uFEFF/, ''),
  );
  const targets = linkTargets(text);
  const markdown = tidyLines(text, (line) =>
    inlineLinks(line, targets)
      .replace(/<br\s*\/?>\s*$/i, '  ')
      .replace(TAG, ' '),
  );
  const frontTitle = /^title:\s*(["']?)(.+?)\1\s*$/m.exec(front?.[1] ?? '')?.[2];
  const heading =
    /^# +(.+?)(?: +#+)?$/m.exec(markdown) ?? /^#{2,6} +(.+?)(?: +#+)?$/m.exec(markdown);
  const title = frontTitle ?? (heading?.[1] === undefined ? undefined : plainText(heading[1]));
  return { title: title?.replaceAll('`', '').trim() || titleFromName(name), markdown };
}

function withoutComments(text: string): string {
  return text.replace(/<!--[\s\S]*?-->/g, '');
}

const DEFINITION = /^ {0,3}\[([^\]\n]{1,200})\]:\s+<?(\S+?)>?(?:\s+["'(].*["')])?\s*$/;

function linkTargets(text: string): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const hit = DEFINITION.exec(line);
    if (hit?.[1] && hit[2]) targets.set(hit[1].toLowerCase(), hit[2]);
  }
  return targets;
}

/** `[text][id]` becomes `[text](target)`; the line that defines the id goes. */
function inlineLinks(line: string, targets: ReadonlyMap<string, string>): string {
  if (targets.size === 0) return line;
  if (DEFINITION.test(line)) return '';
  return line.replace(
    /\[([^[\]]{1,300})\]\[([^[\]]{0,200})\]/g,
    (whole, text: string, id: string) => {
      const target = targets.get((id || text).toLowerCase());
      return target === undefined ? whole : `[${text}](${target})`;
    },
  );
}
