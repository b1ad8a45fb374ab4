import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** A page as it is written: what the first line says of it, and the inside of `<main>`. */
export type Page = {
  /** `/models/tarn-2.html` */
  readonly path: string;
  /** `models`, or an empty string for the pages at the top. */
  readonly topic: string;
  readonly title: string;
  readonly lastmod: string;
  /** Its place among the pages of its topic. */
  readonly order: number;
  readonly noindex: boolean;
  readonly canonical: boolean;
  readonly main: string;
};

export const CONTENT_DIR = join(import.meta.dirname, '../content');

/** A page that the sitemap lists. */
export function isPublic({ topic, noindex }: Page): boolean {
  return !noindex && topic !== 'internal';
}

/** All pages, those of a topic together and in their order. */
export async function readContent(dir: string = CONTENT_DIR): Promise<Page[]> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.html'));
  const pages = await Promise.all(
    names.map(async (name) => {
      const file = join(dir, name);
      const path = `/${relative(dir, file).split(sep).join('/')}`;
      return parsePage(path, await readFile(file, 'utf8'));
    }),
  );
  return pages.sort((a, b) => compare(a.topic, b.topic) || a.order - b.order);
}

/** The first line is `<!-- title: Scree 16 | lastmod: 2026-03-02 | order: 5 -->`. */
function parsePage(path: string, text: string): Page {
  const [, head, main] = /^<!-- (.+) -->\n([\s\S]+)$/.exec(text) ?? [];
  if (head === undefined || main === undefined) throw new Error(`${path} has no first comment`);
  const fields = new Map(head.split(' | ').map((field) => splitOnce(field, ': ')));
  const title = fields.get('title');
  const lastmod = fields.get('lastmod');
  if (!title || !lastmod) throw new Error(`${path} needs a title and a lastmod, has "${head}"`);
  return {
    path,
    topic: path.split('/').slice(1, -1).join('/'),
    title,
    lastmod,
    order: Number(fields.get('order') ?? 0),
    noindex: fields.get('robots') === 'noindex',
    canonical: fields.get('canonical') === 'self',
    main,
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
