import { expect, test } from 'vitest';
import { createSitemapReader, type SitemapEntry } from './sitemap-reader.ts';

/** Reads a text in parts of a size. */
function read(text: string, size = text.length): SitemapEntry[] {
  const reader = createSitemapReader();
  const found: SitemapEntry[] = [];
  for (let at = 0; at < text.length; at += size)
    found.push(...reader.push(text.slice(at, at + size)));
  return [...found, ...reader.end()];
}

const xml = `<?xml version="1.0"?><sm:urlset xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9">
    <!-- <sm:url><sm:loc>https://x.org/hidden</sm:loc></sm:url> -->
    <sm:url><sm:loc> https://x.org/a?b=1&amp;c=2 </sm:loc><sm:lastmod>2026-01-02</sm:lastmod></sm:url>
    <sm:url><!-- <sm:loc>https://x.org/no</sm:loc> --><sm:loc><![CDATA[https://x.org/b?x&y]]></sm:loc>
      <sm:lastmod>soon</sm:lastmod><image:image><image:loc>https://x.org/i.png</image:loc></image:image></sm:url>
    <sm:url><sm:loc>javascript:alert(1)</sm:loc></sm:url></sm:urlset>`;

test.each([xml.length, 700, 64, 7, 1])(
  'a sitemap in parts of %i characters is the same',
  (size) => {
    expect(read(xml, size)).toEqual([
      { kind: 'url', loc: 'https://x.org/a?b=1&c=2', lastmod: '2026-01-02' },
      { kind: 'url', loc: 'https://x.org/b?x&y' },
    ]);
  },
);

test('a sitemap index names sitemaps, and a text sitemap is a line per URL', () => {
  const index = '<sitemapindex><sitemap><loc>https://x.org/1.xml.gz</loc></sitemap></sitemapindex>';
  expect(read(index, 5)).toEqual([{ kind: 'sitemap', loc: 'https://x.org/1.xml.gz' }]);
  const lines = '\uFEFFhttps://x.org/a\r\nhttps://x.org/b\nnothing\nhttps://x.org/c';
  expect(read(lines, 4).map(({ loc }) => loc)).toEqual(
    ['a', 'b', 'c'].map((name) => `https://x.org/${name}`),
  );
});

test('what never ends is let go, and what comes after it is read', () => {
  const entry = '<url><loc>https://x.org/</loc></url>';
  for (const endless of ['<url>', '<!--', '<url x="', '<u', '<url><loc>']) {
    expect(read(endless.repeat(200_000), 50_000)).toEqual([]);
    expect(read(`${'<p>'}${'-'.repeat(400_000)}${entry}`, 30_000)).toHaveLength(1);
  }
  expect(read(`<a>${'<url>x'.repeat(100_000)}</url>${entry}`, 30_000).length).toBeLessThanOrEqual(
    2,
  );
});
