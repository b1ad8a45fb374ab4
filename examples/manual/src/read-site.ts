import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

/** One file of the finished site, as the server keeps it in memory. */
export type SiteFile = {
  readonly body: Buffer;
  readonly type: string;
  readonly lastModified: Date;
};

/** Where the finished site lies. */
export const SITE_DIR = join(import.meta.dirname, '../site');

/** Stands in robots.txt and sitemap.xml where the server puts its own address. */
export const ORIGIN_PLACEHOLDER = '{{origin}}';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.pdf': 'application/pdf',
};

// A checkout gives every file a new mtime, so what the sitemap does not date gets this day.
const UNDATED = '2026-01-12';

/** All files of the site by their path in a URL (`/models/tarn-2.html`). */
export async function readSite(dir: string = SITE_DIR): Promise<ReadonlyMap<string, SiteFile>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)));
  const dates = lastmods(await readFile(join(dir, 'sitemap.xml'), 'utf8'));
  const files = new Map<string, SiteFile>();
  for (const name of names) {
    const path = `/${name.split(sep).join('/')}`;
    files.set(path, {
      body: await readFile(join(dir, name)),
      type: TYPES[extname(name)] ?? 'application/octet-stream',
      lastModified: new Date(dates.get(path) ?? UNDATED),
    });
  }
  return files;
}

/** Path and `lastmod` of every page that a sitemap lists. */
export function lastmods(sitemap: string): ReadonlyMap<string, string> {
  const entry = /<loc>\{\{origin\}\}([^<]+)<\/loc>\s*<lastmod>([^<]+)<\/lastmod>/g;
  return new Map([...sitemap.matchAll(entry)].map(([, path = '', date = '']) => [path, date]));
}

/** A strong entity tag: the same bytes give the same tag. */
export function etagOf(body: Buffer): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}
