import type { TextDocument } from './markdown-to-document.ts';
import { tidyLines } from './tidy-lines.ts';
import { titleFromName } from './title-from-name.ts';

const MAX_TITLE_CHARS = 120;

/**
 * A plain text file as Markdown. Underlined lines become headings, wrapped lines are joined,
 * nothing else is read as markup. The title is the first line, if it is short enough to be one.
 *
 * @param name file name or URL
 */
export function textToDocument(text: string, name: string): TextDocument {
  const markdown = tidyLines(text.replace(/^\uFEFF/, ''), (line) =>
    line.replace(/\f/g, '').replace(/^(\s*)(?=#{1,6}\s)/, '$1\\'),
  );
  const first = markdown.split('\n').find((line) => line.trim() !== '') ?? '';
  const title = first.replace(/^#{1,2} |\\(?=#)/, '').trim();
  return {
    title: title !== '' && title.length <= MAX_TITLE_CHARS ? title : titleFromName(name),
    markdown,
  };
}
