const CODE = /(?<!`)(?<ticks>`{1,3})(?!`)[^\n]{1,500}?(?<!`)\k<ticks>(?!`)/;
const LABEL = /(?:[^[\]]|\[[^[\]]*\](?:\([^()\s]*\))?)*/;
const TARGET = /\(<?[^()\s]*(?:\([^()\s]*\)[^()\s]*)*>?(?:\s+"[^"\n]*")?\)/;
const inline = new RegExp(
  `${CODE.source}|!\\[(?<alt>${LABEL.source})\\]${TARGET.source}|\\[(?<text>${LABEL.source})\\]${TARGET.source}`,
  'g',
);

/**
 * Markdown of a paragraph as one reads it: links as their text, images as their description,
 * emphasis and escapes gone. Code spans keep their backticks and everything inside.
 */
export function plainText(markdown: string): string {
  let plain = '';
  let from = 0;
  for (const hit of markdown.matchAll(inline)) {
    plain += prose(markdown.slice(from, hit.index));
    plain +=
      hit.groups?.alt ?? (hit.groups?.text === undefined ? hit[0] : plainText(hit.groups.text));
    from = hit.index + hit[0].length;
  }
  return plain + prose(markdown.slice(from));
}

function prose(text: string): string {
  return text
    .replace(/\*\*|~~/g, '')
    .replace(/(?<![\w*\\])\*(?=[^\s*])([^*\n]{1,300})(?<=\S)\*(?![\w*])/g, '$1')
    .replace(/(?<![\w\\])_(?=[^\s_])([^_\n]{1,300})(?<=\S)_(?!\w)/g, '$1')
    .replace(/<(https?:\/\/[^\s<>]+)>/g, '$1')
    .replace(/\\([!-/:-@[-`{}~])/g, '$1');
}
