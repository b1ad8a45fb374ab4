export interface Sitemap {
  readonly urls: readonly SitemapUrl[];
  /** Further sitemaps, if it is an index. */
  readonly sitemaps: readonly string[];
}

export interface SitemapUrl {
  readonly loc: string;
  /** W3C date or date-time as the site wrote it, if it is one. */
  readonly lastmod?: string;
}

/** sitemaps.org: at most 50,000 URLs in a file, each shorter than 2,048 characters. */
const MAX_URLS = 50_000;
const MAX_LOC_CHARS = 2_048;

/**
 * Reads a sitemap, a sitemap index, or the text form with one URL a line. Looks for its few
 * elements only and goes through the text once, so that a broken or huge file costs no more than
 * its length; what is no http URL is left out, and so is what goes beyond the limits of the format.
 */
export function parseSitemap(text: string): Sitemap {
  if (!/^[\s\uFEFF]*</.test(text)) return { urls: text.split(/\s+/).flatMap(toUrl), sitemaps: [] };
  const xml = text.replace(/<!--[\s\S]*?(?:-->|$)/g, '');
  return {
    urls: elements(xml, 'url').flatMap((url) =>
      toUrl(firstElement(url, 'loc') ?? '', firstElement(url, 'lastmod')),
    ),
    sitemaps: elements(xml, 'sitemap')
      .flatMap((sitemap) => toUrl(firstElement(sitemap, 'loc') ?? ''))
      .map(({ loc }) => loc),
  };
}

function toUrl(loc: string, lastmod?: string | number): SitemapUrl[] {
  const url = loc.length <= MAX_LOC_CHARS ? URL.parse(loc) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  const dated = typeof lastmod === 'string' && !Number.isNaN(Date.parse(lastmod));
  return [dated ? { loc: url.href, lastmod } : { loc: url.href }];
}

function firstElement(xml: string, name: string): string | undefined {
  const [content] = elements(xml, name, 1);
  return content === undefined ? undefined : decode(content).trim();
}

/** Contents of all elements of a name, with or without a prefix (but not `<image:loc>`). */
function elements(xml: string, name: string, limit = MAX_URLS): string[] {
  const open = new RegExp(`<((?!image:|video:)(?:[\\w.-]{1,30}:)?${name})(?:\\s[^<>]*)?>`, 'g');
  const found: string[] = [];
  for (let hit = open.exec(xml); hit !== null && found.length < limit; hit = open.exec(xml)) {
    const end = xml.indexOf(`</${hit[1]}`, open.lastIndex);
    if (end === -1) break;
    found.push(xml.slice(open.lastIndex, end));
    open.lastIndex = end;
  }
  return found;
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decode(text: string): string {
  const cdata = /^\s*<!\[CDATA\[([\s\S]*?)\]\]>\s*$/.exec(text);
  if (cdata) return cdata[1] ?? '';
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi, (whole, dec, hex, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = dec === undefined ? Number.parseInt(hex, 16) : Number(dec);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
