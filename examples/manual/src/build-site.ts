import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { layoutPage, TOPICS } from './page-layout.ts';
import { CONTENT_DIR, isPublic, type Page, readContent } from './read-content.ts';
import { ORIGIN_PLACEHOLDER, SITE_DIR } from './read-site.ts';

/** What the site is made of, by its path in a URL. The PDFs are made apart (see the README). */
export async function buildSite(): Promise<ReadonlyMap<string, string>> {
  const pages = await readContent();
  const open = pages.filter(isPublic);
  const starts = [...TOPICS.keys()].flatMap(
    (topic) => open.find((page) => page.topic === topic) ?? [],
  );
  const files = new Map<string, string>();
  for (const page of pages) {
    const siblings = page.topic === '' ? [] : open.filter(({ topic }) => topic === page.topic);
    files.set(page.path, layoutPage(page, siblings, starts));
  }
  files.set('/robots.txt', robots());
  files.set('/sitemap.xml', sitemap(open));
  files.set('/style.css', await readFile(join(CONTENT_DIR, 'style.css'), 'utf8'));
  return files;
}

function robots(): string {
  return `User-agent: *
Disallow: /internal/

Sitemap: ${ORIGIN_PLACEHOLDER}/sitemap.xml
`;
}

function sitemap(pages: readonly Page[]): string {
  const urls = pages.map(
    ({ path, lastmod }) =>
      `  <url>\n    <loc>${ORIGIN_PLACEHOLDER}${path}</loc>\n    <lastmod>${lastmod}</lastmod>\n  </url>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${urls.join('')}</urlset>
`;
}

/** Writes the site and takes away pages whose source is gone. */
async function writeSite(): Promise<void> {
  const files = await buildSite();
  for await (const name of glob('**/*.html', { cwd: SITE_DIR })) {
    if (!files.has(`/${name}`)) await rm(join(SITE_DIR, name));
  }
  for (const [path, text] of files) {
    const file = join(SITE_DIR, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  process.stdout.write(`${files.size} files written to ${SITE_DIR}\n`);
}

if (import.meta.main) await writeSite();
