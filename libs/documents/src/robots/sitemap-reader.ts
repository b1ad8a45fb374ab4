/** What a sitemap names: a page, or a further sitemap. */
export interface SitemapEntry {
  readonly kind: 'url' | 'sitemap';
  readonly loc: string;
  /** W3C date or date-time as the site wrote it, if it is one. */
  readonly lastmod?: string;
}

export interface SitemapReader {
  /** Takes the next part of the text and returns the entries that are whole by now. */
  push(text: string): SitemapEntry[];
  /** The last entry of a text sitemap whose last line has no end. */
  end(): SitemapEntry[];
}

/** sitemaps.org: shorter than 2,048 characters. */
const MAX_LOC_CHARS = 2_048;
/** An entry with the addresses of a thousand pictures is no longer than this. */
const MAX_ELEMENT_CHARS = 256 * 1_024;
/** Longer than any start tag that is looked for. */
const MAX_TAG_CHARS = 512;

const START = /<!--|<((?!image:|video:)(?:[\w.-]{1,30}:)?(url|sitemap))(?:\s[^<>]*)?>/g;

/**
 * Reads a sitemap, a sitemap index, or the text form with one URL a line, as it comes in: what is
 * kept is the entry that is not whole yet. Looks for its few elements only and goes through the
 * text once, so that a broken or huge file costs no more than its length. What is no http URL is
 * left out.
 */
export function createSitemapReader(): SitemapReader {
  let form: 'xml' | 'text' | undefined;
  let rest = '';
  let inComment = false;

  function readXml(): SitemapEntry[] {
    const found: SitemapEntry[] = [];
    for (let at = 0; ; ) {
      if (inComment) {
        const end = rest.indexOf('-->', at);
        // The end may be cut: its first two characters stay.
        if (end === -1) return keep(rest.slice(Math.max(at, rest.length - 2)), found);
        inComment = false;
        at = end + 3;
      }
      START.lastIndex = at;
      const hit = START.exec(rest);
      if (!hit) return keep(openTag(rest.slice(at)), found);
      at = START.lastIndex;
      const [, name, kind] = hit;
      if (name === undefined) {
        inComment = true;
        continue;
      }
      const end = rest.indexOf(`</${name}`, at);
      if (end === -1) {
        const whole = rest.length - at > MAX_ELEMENT_CHARS ? '' : rest.slice(hit.index);
        return keep(whole, found);
      }
      found.push(...entryOf(rest.slice(at, end), kind as SitemapEntry['kind']));
      at = end;
    }
  }

  function readLines(): SitemapEntry[] {
    const lines = rest.split(/\s+/);
    const last = lines.pop() ?? '';
    const found = lines.flatMap((line) => toEntry('url', line));
    return keep(last.length > MAX_LOC_CHARS ? last.slice(-1) : last, found);
  }

  function keep(text: string, found: SitemapEntry[]): SitemapEntry[] {
    rest = text;
    return found;
  }

  return {
    push(text) {
      rest += text;
      const [first] = form === undefined ? (/[^\s\uFEFF]/.exec(rest) ?? []) : [];
      if (first !== undefined) form = first === '<' ? 'xml' : 'text';
      if (form === undefined) return keep('', []);
      return form === 'xml' ? readXml() : readLines();
    },
    end: () => (form === 'text' ? toEntry('url', rest) : []),
  };
}

/** The beginning of a tag or comment at the end of a text. */
function openTag(text: string): string {
  const at = text.lastIndexOf('<');
  return at === -1 || text.length - at > MAX_TAG_CHARS ? '' : text.slice(at);
}

function entryOf(xml: string, kind: SitemapEntry['kind']): SitemapEntry[] {
  const plain = xml.includes('<!--') ? xml.replace(/<!--[\s\S]*?(?:-->|$)/g, '') : xml;
  return toEntry(kind, element(plain, 'loc') ?? '', element(plain, 'lastmod'));
}

function toEntry(kind: SitemapEntry['kind'], loc: string, lastmod?: string): SitemapEntry[] {
  const url = loc.length <= MAX_LOC_CHARS ? URL.parse(loc) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  const dated = lastmod !== undefined && !Number.isNaN(Date.parse(lastmod));
  return [dated ? { kind, loc: url.href, lastmod } : { kind, loc: url.href }];
}

const elements = {
  loc: /<((?!image:|video:)(?:[\w.-]{1,30}:)?loc)(?:\s[^<>]*)?>/,
  lastmod: /<((?!image:|video:)(?:[\w.-]{1,30}:)?lastmod)(?:\s[^<>]*)?>/,
};

/** Content of the first element of a name, with or without a prefix (but not `<image:loc>`). */
function element(xml: string, name: keyof typeof elements): string | undefined {
  const open = elements[name].exec(xml);
  if (!open) return undefined;
  const from = open.index + open[0].length;
  const end = xml.indexOf(`</${open[1]}`, from);
  return end === -1 ? undefined : decode(xml.slice(from, end)).trim();
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
